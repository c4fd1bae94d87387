import { type Ctx, type InstanceRecord, instanceChanged, mutate, writeFault } from '@nephos/core'
import { operationEvent } from '@nephos/jobs'

/**
 * Ends a creation that was cancelled before it had a host. An instance that is being deleted is left to its delete;
 * one whose creation alone was cancelled is in ERROR and says so.
 */
export const endCancelled = (ctx: Ctx, operationId: string, record: InstanceRecord | null): Promise<void> =>
  mutate(ctx, async (tx) => {
    const failure = { code: 'cancelled', message: 'Its creation was cancelled.' }
    const { count } = await tx.db.operation.updateMany({
      where: { id: operationId, status: { in: ['queued', 'running'] } },
      data: {
        status: 'cancelled',
        errorCode: failure.code,
        errorMessage: failure.message,
        endedAt: new Date(),
      },
    })
    if (count === 0) return
    const operation = await tx.db.operation.findUnique({ where: { id: operationId } })
    if (operation) tx.event(operationEvent(operation, 'updated'))
    if (record?.vmState !== 'building' || record.taskState !== 'scheduling') return
    const written = await writeFault(tx.db, record, failure)
    if (written) instanceChanged(tx, 'updated', written)
  })
