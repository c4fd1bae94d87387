import type { StepStatus } from '@nephos/db'
import { type OperationRow, operationRow } from '@nephos/jobs'
import { z } from 'zod'
import { type AttemptRow, attemptRow } from '../../compute/placement/attempt-row.ts'
import { purposeOf } from '../../compute/placement/purposes.ts'
import { defineVerb, isAdmin, type Json, notFound, reader } from '../../kernel/index.ts'
import { whyNotCancel } from './cancel-rule.ts'
import { visibleOperations } from './find.ts'
import { whyNotRetry } from './retry-handlers.ts'

/** One step of an operation, as the timeline shows it. */
export interface OperationStepRow {
  position: number
  name: string
  /** For administrators; null for others. */
  host: string | null
  status: StepStatus
  attempt: number
  startedAt: Date | null
  endedAt: Date | null
  errorMessage: string | null
}

/** An operation with its steps and what can be done with it. */
export interface OperationDetail extends OperationRow {
  steps: OperationStepRow[]
  /** Machine-readable facts of the failure; for administrators, as it may name hosts. */
  errorDetail: Json
  /** Its attempts to find a host; others than administrators see them without hosts. */
  placement: AttemptRow[]
  attempt: number
  /** Why it cannot be cancelled now, as a sentence, or null when it can. */
  whyNotCancel: string | null
  /** Why it cannot run again now, as a sentence, or null when it may be tried. */
  whyNotRetry: string | null
}

/** One operation with its steps. @throws NephosError not_found */
export const showOperation = defineVerb({
  name: 'operation.operations.show',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({ id: z.uuid() }),
  run: async ({ ctx, input: { id } }): Promise<OperationDetail> => {
    const db = reader(ctx)
    const admin = isAdmin(ctx.actor)
    const operation = await db.operation.findFirst({
      where: { id, ...visibleOperations(ctx) },
      include: { steps: { orderBy: { position: 'asc' } } },
    })
    if (!operation) throw notFound('operation', id)
    const user = operation.userId
      ? await db.user.findUnique({ where: { id: operation.userId }, select: { name: true } })
      : null
    const attempts = purposeOf(operation.kind)
      ? await db.scheduleAttempt.findMany({ where: { operationId: id }, orderBy: { attempt: 'asc' } })
      : []
    return {
      ...operationRow(operation, user?.name),
      placement: attempts.map((each) => attemptRow(each, { admin })),
      attempt: operation.attempt,
      errorDetail: admin ? ((operation.errorDetail as Json) ?? null) : null,
      whyNotCancel: whyNotCancel(operation),
      whyNotRetry: whyNotRetry(operation),
      steps: operation.steps.map((step) => ({
        position: step.position,
        name: step.name,
        host: admin ? step.host : null,
        status: step.status,
        attempt: step.attempt,
        startedAt: step.startedAt,
        endedAt: step.endedAt,
        errorMessage: step.errorMessage,
      })),
    }
  },
})
