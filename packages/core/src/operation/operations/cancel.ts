import { newId } from '@nephos/db'
import { cancelSubject, type OperationRow, operationEvent, operationRow } from '@nephos/jobs'
import { z } from 'zod'
import { conflict, defineVerb, mutate } from '../../kernel/index.ts'
import { whyNotCancel } from './cancel-rule.ts'
import { findOperation } from './find.ts'

/**
 * Asks an operation to stop: what it did is taken back, and it ends as cancelled. Asked again, it answers the same.
 * @throws NephosError not_found, or conflict saying why it cannot be stopped
 */
export const cancelOperation = defineVerb({
  name: 'operation.operations.cancel',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.uuid() }),
  run: async ({ ctx, input: { id } }): Promise<OperationRow> => {
    const row = await mutate(ctx, async (tx) => {
      const operation = await findOperation(ctx, id, tx.db)
      const open = operation.status === 'queued' || operation.status === 'running'
      if (open && operation.cancelRequested) return operationRow(operation)
      const why = whyNotCancel(operation)
      if (why) throw conflict(why, { detail: { status: operation.status, kind: operation.kind } })
      const { count } = await tx.db.operation.updateMany({
        where: { id, status: { in: ['queued', 'running'] } },
        data: { cancelRequested: true },
      })
      if (count === 0) throw conflict('The operation has just ended.', { remedy: 'Look at how it ended.' })
      const cancelled = { ...operation, cancelRequested: true }
      tx.audit({
        verb: 'operation.operations.cancel',
        resourceType: 'operation',
        resourceId: id,
        resourceName: operation.resourceName,
        projectId: operation.projectId,
        detail: { kind: operation.kind, resourceId: operation.resourceId },
      })
      tx.event(operationEvent(cancelled, 'updated'))
      return operationRow(cancelled)
    })
    // The row says it for good; this only makes the holder hear of it at once.
    ctx.relay.kick([{ id: newId(), channel: 'live', subject: cancelSubject(id), payload: {}, headers: {} }])
    return row
  },
})
