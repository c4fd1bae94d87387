import { operationEvent } from '@nephos/jobs'
import { conflict, type MutationTx } from '../../kernel/index.ts'

/**
 * Ends what was under way for an instance on a host that is lost, for good: whoever held it is fenced, and when its
 * job is delivered again there is nothing left to do.
 * @param but id of the operation that goes on
 * @param deletesToo also ends deletes, for what deletes the instance itself
 * @throws NephosError conflict when the instance is being deleted
 */
export async function endOtherWork(
  tx: MutationTx,
  instanceId: string,
  but: string,
  errorMessage: string,
  { deletesToo = false } = {},
): Promise<void> {
  const open = await tx.db.operation.findMany({
    where: {
      resourceType: 'instance',
      resourceId: instanceId,
      id: { not: but },
      status: { in: ['queued', 'running', 'undoing'] },
    },
  })
  for (const { id, kind } of open) {
    if (!deletesToo && (kind === 'instance-delete' || kind === 'instance-soft-delete'))
      throw conflict('The instance is being deleted.', { detail: { operationId: id } })
    const ended = await tx.db.operation.update({
      where: { id },
      data: {
        status: 'failed',
        errorCode: 'unavailable',
        errorMessage,
        endedAt: new Date(),
        leaseToken: { increment: 1 },
        leaseOwner: null,
        leaseExpiresAt: null,
      },
    })
    tx.event(operationEvent(ended, 'updated'))
  }
}
