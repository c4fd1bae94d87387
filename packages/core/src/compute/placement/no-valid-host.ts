import type { Prisma } from '@nephos/db'
import { operationEvent } from '@nephos/jobs'
import { type Ctx, mutate } from '../../kernel/index.ts'
import { instanceChanged } from '../instances/changed.ts'
import { writeInstanceState } from '../instances/write-state.ts'
import { type Decision, InstanceMoved, recordDecisions } from './claim.ts'

/**
 * Ends the creation of an instance that no host can take: the instance is in ERROR with a fault, the operation failed
 * with the table of why.
 * @param why what was short, without a full stop
 * @throws InstanceMoved when the instance changed meanwhile: nothing was written
 */
export const rejectInstance = (ctx: Ctx, decision: Decision, why: string, scheduler: string): Promise<void> =>
  mutate(ctx, async (tx) => {
    const { record, operationId, verdicts } = decision
    const message = `No valid host was found. ${why[0]?.toUpperCase()}${why.slice(1)}.`
    const now = new Date()
    const detail = { hosts: verdicts } as Prisma.InputJsonObject
    const written = await writeInstanceState(tx.db, record, {
      vmState: 'error',
      taskState: null,
      faultCode: 500,
      faultMessage: message,
      faultDetail: detail,
      faultAt: now,
    })
    if (!written) throw new InstanceMoved()
    await recordDecisions(tx, [{ decision, chosenHost: null, errorMessage: message }], scheduler)
    const operation = await tx.db.operation.update({
      where: { id: operationId },
      data: {
        status: 'failed',
        errorCode: 'no_valid_host',
        errorMessage: message,
        errorDetail: detail,
        startedAt: decision.startedAt,
        endedAt: now,
      },
    })
    instanceChanged(tx, 'updated', written)
    tx.event(operationEvent(operation, 'updated'))
  })
