import type { Prisma } from '@nephos/db'
import { operationEvent } from '@nephos/jobs'
import { type Ctx, type Json, type MutationTx, mutate } from '../../kernel/index.ts'
import { type Decision, InstanceMoved } from './claim.ts'
import { recordDecisions } from './record-decisions.ts'
import { shortage } from './report.ts'
import { leaveUnplaced } from './unplaced.ts'

/**
 * Ends the wait of an instance that no host can take: the fault says why, the operation failed with the table.
 * @throws InstanceMoved when the instance changed meanwhile: nothing was written
 */
export const rejectInstance = (ctx: Ctx, decision: Decision, scheduler: string): Promise<void> =>
  mutate(ctx, async (tx) => {
    const { operationId, report } = decision
    const message = `${await failedBefore(tx, decision)}. ${shortage(report)}.`
    const placement = report as unknown as Json
    const failure = { code: 'no_valid_host', message, detail: { placement } }
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

/** Of one that was tried on a host already, what went wrong there is the true reason. */
async function failedBefore({ db }: MutationTx, { attempt, operationId }: Decision): Promise<string> {
  const before =
    attempt > 1
      ? await db.scheduleAttempt.findFirst({
          where: { operationId, past: false, failure: { not: null } },
          select: { failure: true },
          orderBy: { attempt: 'desc' },
        })
      : null
  if (!before?.failure) return 'No valid host was found'
  return `It could not be built: ${before.failure.replace(/[.\s]+$/, '')}. No other valid host was found`
}
