import { type Operation, Prisma } from '@nephos/db'
import { type OperationRow, operationEvent, operationRow } from '@nephos/jobs'
import { z } from 'zod'
import { conflict, defineVerb, mutate } from '../../kernel/index.ts'
import { findOperation } from './find.ts'
import { retryHandlers, whyNotRetry } from './retry-handlers.ts'

/**
 * Runs the work of a failed or cancelled operation again, as the same operation.
 * @throws NephosError not_found, or conflict saying why it cannot run again
 */
export const retryOperation = defineVerb({
  name: 'operation.operations.retry',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.uuid() }),
  run: ({ ctx, input: { id } }): Promise<OperationRow> =>
    mutate(ctx, async (tx) => {
      const operation = await findOperation(ctx, id, tx.db)
      const why = whyNotRetry(operation)
      const prepare = retryHandlers[operation.kind]
      if (why || !prepare)
        throw conflict(why ?? 'Work of this kind cannot be run again.', {
          detail: { status: operation.status, kind: operation.kind },
        })
      const fresh = {
        status: 'queued',
        progress: 0,
        message: '',
        errorCode: null,
        errorMessage: null,
        cancelRequested: false,
        attempt: 0,
        startedAt: null,
        endedAt: null,
      } as const
      // The new lease token also fences off whoever may still hold the operation.
      const { count } = await tx.db.operation.updateMany({
        where: { id, status: operation.status, leaseToken: operation.leaseToken },
        data: {
          ...fresh,
          errorDetail: Prisma.DbNull,
          output: Prisma.DbNull,
          leaseToken: { increment: 1 },
          leaseOwner: null,
          leaseExpiresAt: null,
        },
      })
      if (count === 0) throw conflict('Somebody else is just running it again.')
      await tx.db.operationStep.deleteMany({ where: { operationId: id } })
      await prepare(ctx, tx, operation)
      const queued: Operation = { ...operation, ...fresh }
      tx.audit({
        verb: 'operation.operations.retry',
        resourceType: 'operation',
        resourceId: id,
        resourceName: operation.resourceName,
        projectId: operation.projectId,
        detail: { kind: operation.kind, resourceId: operation.resourceId, after: operation.errorCode },
      })
      tx.event(operationEvent(queued, 'updated'))
      return operationRow(queued)
    }),
})
