import type { Drain } from '@nephos/db'
import { type Ctx, mutate } from '../../kernel/index.ts'
import { addMoves } from './add-moves.ts'
import { followMoves } from './follow-moves.ts'
import { drainChanged } from './row.ts'
import { startMoves } from './start-moves.ts'

/**
 * Brings every drain that is not over one look further: notes how its moves have ended, lets the next ones begin, and
 * finishes it when nothing is left. Everything it knows is in the database: any process may do the next look.
 * @returns ids of the drains that have changed
 */
export async function advanceDrains(ctx: Ctx): Promise<string[]> {
  const drains = await ctx.db.drain.findMany({
    where: {
      OR: [
        { status: { in: ['running', 'paused'] } },
        { status: 'aborted', moves: { some: { status: 'moving' } } },
      ],
    },
    orderBy: { createdAt: 'asc' },
    take: 100,
  })
  const changed: string[] = []
  for (const drain of drains) if (await advance(ctx, drain)) changed.push(drain.id)
  return changed
}

async function advance(ctx: Ctx, drain: Drain): Promise<boolean> {
  const followed = await followMoves(ctx, drain)
  if (drain.status !== 'running') {
    if (followed) await announce(ctx, drain)
    return followed
  }
  const started = await startMoves(ctx, drain)
  const finished = await finish(ctx, drain)
  if (!finished && (followed || started)) await announce(ctx, drain)
  return followed || started || finished
}

const announce = (ctx: Ctx, { id }: Drain): Promise<void> =>
  mutate(ctx, async (tx) => {
    const now = await tx.db.drain.findUnique({ where: { id } })
    if (now) await drainChanged(tx, 'updated', now)
  })

/** Ends a drain that has nothing left to do, unless an instance has come to the host that it does not know. */
const finish = (ctx: Ctx, drain: Drain): Promise<boolean> =>
  mutate(ctx, async (tx) => {
    const { id } = drain
    const left = await tx.db.drainMove.count({
      where: { drainId: id, status: { in: ['waiting', 'moving'] } },
    })
    if (left > 0) return false
    const added = await addMoves(tx, drain)
    if (added === 0) {
      const { count } = await tx.db.drain.updateMany({
        where: { id, status: 'running' },
        data: { status: 'finished', endedAt: new Date() },
      })
      if (count === 0) return false
    }
    const now = await tx.db.drain.findUniqueOrThrow({ where: { id } })
    await drainChanged(tx, 'updated', now)
    return true
  })
