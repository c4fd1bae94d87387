import type { Db, Operation, Tx } from '@nephos/db'
import { purposeOf } from './purposes.ts'
import { placementSelect, type Waiting } from './waiting.ts'

/** What a job `instance.schedule` names. */
export interface ScheduleRequest {
  operationId: string
  instanceId: string
}

/** A {@link Waiting} with its operation, as far as it matters here. */
export interface FoundWaiting extends Waiting {
  kind: string
  operation: Pick<Operation, 'id' | 'kind' | 'cancelRequested'>
}

/**
 * Reads what the requests are about, all at once. One whose operation has ended, whose instance is gone or whose kind
 * needs no host has no entry.
 * @returns by operation id; the operations that are still open, too
 */
export async function findWaiting(
  db: Db | Tx,
  requests: readonly ScheduleRequest[],
): Promise<{ found: Map<string, FoundWaiting>; open: Set<string> }> {
  const operationIds = requests.map(({ operationId }) => operationId)
  const operations = await db.operation.findMany({
    where: { id: { in: operationIds }, status: { in: ['queued', 'running'] } },
    select: { id: true, kind: true, cancelRequested: true },
  })
  const records = await db.instance.findMany({
    where: { id: { in: requests.map(({ instanceId }) => instanceId) } },
    select: placementSelect,
  })
  const moving = operations.filter(({ kind }) => purposeOf(kind)?.claims === 'destination')
  const migrations =
    moving.length === 0
      ? []
      : await db.migration.findMany({
          where: {
            instanceId: { in: records.map(({ id }) => id) },
            operationId: { in: moving.map(({ id }) => id) },
          },
        })
  const found = new Map<string, FoundWaiting>()
  for (const { operationId, instanceId } of requests) {
    const operation = operations.find(({ id }) => id === operationId)
    const record = records.find(({ id }) => id === instanceId)
    const purpose = operation && purposeOf(operation.kind)
    if (!operation || !record || !purpose) continue
    const migration = migrations.find((row) => row.operationId === operationId) ?? null
    found.set(operationId, { purpose, operationId, record, migration, kind: operation.kind, operation })
  }
  return { found, open: new Set(operations.map(({ id }) => id)) }
}
