import type { Drain } from '@nephos/db'
import { type Ctx, conflict, type MutationTx, mutate } from '../../kernel/index.ts'
import { type DrainRow, drainChanged, drainRows, findDrain } from './row.ts'

/** What a person decides about a drain. */
export interface DrainDecision {
  id: string
  verb: string
  from: readonly string[]
  to: 'running' | 'paused' | 'aborted'
  /** Written in the same transaction. */
  alongside?: (tx: MutationTx, drain: Drain) => Promise<void>
}

/**
 * Changes the status of a drain by compare-and-set. Asked again, it answers the same.
 * @throws NephosError not_found; conflict when it is over
 */
export const decideDrain = (ctx: Ctx, { id, verb, from, to, alongside }: DrainDecision): Promise<DrainRow> =>
  mutate(ctx, async (tx) => {
    const before = await findDrain(ctx, id, tx.db)
    if (before.status === to) return (await drainRows(tx.db, [before]))[0]!
    const { count } = await tx.db.drain.updateMany({
      where: { id, status: { in: [...from] } },
      data: { status: to, ...(to === 'aborted' && { endedAt: new Date() }) },
    })
    if (count === 0)
      throw conflict(`The drain of ${before.hostName} is ${before.status}.`, {
        detail: { status: before.status },
      })
    const drain = await findDrain(ctx, id, tx.db)
    await alongside?.(tx, drain)
    tx.audit({
      verb,
      resourceType: 'host',
      resourceId: drain.hostId,
      resourceName: drain.hostName,
      projectId: null,
      detail: { drainId: id },
    })
    return drainChanged(tx, 'updated', drain)
  })
