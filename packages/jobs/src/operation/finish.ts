import type { Db, Operation, OperationStatus, Prisma } from '@nephos/db'
import type { Failure } from '../saga/define.ts'

/** Statuses in which an operation still has work to do. */
export const openStatuses: OperationStatus[] = ['queued', 'running', 'undoing']

/**
 * Ends an operation that nobody can work on any more. Whoever still holds its lease is fenced off.
 * @returns the operation as it is now (also when it had already ended), or null when there is none
 */
export async function failOperation(db: Db, id: string, failure: Failure): Promise<Operation | null> {
  await db.operation.updateMany({
    where: { id, status: { in: openStatuses } },
    data: {
      status: 'failed',
      errorCode: failure.code,
      errorMessage: failure.message,
      ...(failure.detail && { errorDetail: failure.detail as Prisma.InputJsonValue }),
      endedAt: new Date(),
      leaseToken: { increment: 1 },
      leaseOwner: null,
      leaseExpiresAt: null,
    },
  })
  return db.operation.findUnique({ where: { id } })
}
