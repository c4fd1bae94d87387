import { newId, Prisma } from '@nephos/db'
import type { MutationTx } from '../../kernel/index.ts'
import type { Decision } from './claim.ts'

/** Writes the attempts and the step `schedule`, which is step 0 of every operation that needs a host. */
export async function recordDecisions(
  tx: MutationTx,
  decided: { decision: Decision; chosenHost: string | null; errorMessage?: string }[],
  scheduler: string,
): Promise<void> {
  const endedAt = new Date()
  tx.insert({
    table: 'ScheduleAttempt',
    rows: decided.map(({ decision, chosenHost }) => ({
      id: newId(),
      instanceId: decision.record.id,
      operationId: decision.operationId,
      attempt: decision.attempt,
      chosenHost,
      verdicts: decision.report as unknown as Prisma.InputJsonObject,
      createdAt: endedAt,
    })),
  })
  const again = decided.flatMap(({ decision }) => (decision.attempt > 1 ? [decision.operationId] : []))
  if (again.length > 0)
    await tx.db.operationStep.deleteMany({ where: { operationId: { in: again }, position: 0 } })
  tx.insert({
    table: 'OperationStep',
    rows: decided.map(({ decision, chosenHost, errorMessage }) => ({
      operationId: decision.operationId,
      position: 0,
      name: 'schedule',
      host: scheduler,
      status: chosenHost ? ('done' as const) : ('failed' as const),
      attempt: decision.attempt,
      output: chosenHost ? { host: chosenHost } : Prisma.DbNull,
      errorMessage: errorMessage ?? null,
      startedAt: decision.startedAt,
      endedAt,
    })),
  })
}
