import { type Db, isRecordNotFound, type Operation } from '@nephos/db'
import { openStatuses } from '../operation/finish.ts'

/** Outcome of trying to take an operation. */
export type Taken =
  | { kind: 'held'; operation: Operation }
  | { kind: 'ended'; operation: Operation | null }
  | { kind: 'busy'; forMs: number }

/**
 * Takes the lease on an operation by compare-and-set; the new token fences off whoever held it before. A queued
 * operation becomes running, one that is being undone stays so.
 */
export async function takeLease(db: Db, id: string, owner: string, leaseMs: number): Promise<Taken> {
  for (let round = 0; ; round++) {
    const now = Date.now()
    const free = { OR: [{ leaseExpiresAt: null }, { leaseExpiresAt: { lt: new Date(now) } }] }
    const take = {
      leaseToken: { increment: 1 },
      attempt: { increment: 1 },
      leaseOwner: owner,
      leaseExpiresAt: new Date(now + leaseMs),
    }
    try {
      const operation = await db.operation.update({
        where: { id, status: { in: ['queued', 'running'] }, ...free },
        data: { status: 'running', ...take },
      })
      return { kind: 'held', operation }
    } catch (error) {
      if (!isRecordNotFound(error)) throw error
    }
    const found = await db.operation.findUnique({ where: { id } })
    if (!found || !openStatuses.includes(found.status)) return { kind: 'ended', operation: found }
    if (found.leaseExpiresAt && found.leaseExpiresAt.getTime() >= now)
      return { kind: 'busy', forMs: found.leaseExpiresAt.getTime() - now }
    if (found.status === 'undoing')
      try {
        return {
          kind: 'held',
          operation: await db.operation.update({ where: { id, status: 'undoing', ...free }, data: take }),
        }
      } catch (error) {
        if (!isRecordNotFound(error)) throw error
      }
    if (round >= 3) return { kind: 'busy', forMs: 1_000 }
  }
}
