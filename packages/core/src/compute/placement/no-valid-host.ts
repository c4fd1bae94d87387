import type { Prisma } from '@nephos/db'
import { operationEvent } from '@nephos/jobs'
import { type Ctx, mutate } from '../../kernel/index.ts'
import { type Decision, InstanceMoved } from './claim.ts'
import { recordDecisions } from './record-decisions.ts'
import { leaveUnplaced } from './unplaced.ts'

/**
 * Ends the wait of an instance that no host can take: the fault says why, the operation failed with the table.
 * @param why what was short, without a full stop
 * @throws InstanceMoved when the instance changed meanwhile: nothing was written
 */
export const rejectInstance = (ctx: Ctx, decision: Decision, why: string, scheduler: string): Promise<void> =>
  mutate(ctx, async (tx) => {
    const { operationId, verdicts } = decision
    const message = `No valid host was found. ${why[0]?.toUpperCase()}${why.slice(1)}.`
    const failure = { code: 'no_valid_host', message, detail: { hosts: verdicts } }
    if (!(await leaveUnplaced(tx, decision, failure))) throw new InstanceMoved()
    await recordDecisions(tx, [{ decision, chosenHost: null, errorMessage: message }], scheduler)
    const operation = await tx.db.operation.update({
      where: { id: operationId },
      data: {
        status: 'failed',
        errorCode: failure.code,
        errorMessage: message,
        errorDetail: failure.detail as Prisma.InputJsonObject,
        startedAt: decision.startedAt,
        endedAt: new Date(),
      },
    })
    tx.event(operationEvent(operation, 'updated'))
  })
