import type { Tx } from './client.ts'
import type { Prisma } from './gen/postgresql/client.ts'
import { columnList, toJson } from './insert-rows.ts'

/** What the holder of an operation writes at once. */
export interface JournalEntry {
  operationId: string
  /** The token of the writer's lease: with an older one nothing is written. */
  leaseToken: number
  operation: { readonly [column: string]: unknown }
  /** Steps as they are now, all with the same columns; new ones are inserted, known ones replaced. */
  steps: readonly Omit<Prisma.OperationStepCreateManyInput, 'operationId'>[]
}

/**
 * Writes what became of an operation and of its steps in one statement, if the writer still holds it and it has not
 * ended.
 * @returns null when nothing was written
 */
export async function writeJournal(
  db: Tx,
  { operationId, leaseToken, operation, steps }: JournalEntry,
): Promise<{ cancelRequested: boolean } | null> {
  const patch = { ...operation, updatedAt: new Date() }
  const columns = Object.keys(patch)
  const fence = `
    UPDATE "Operation" o SET ${columns.map((name) => `"${name}" = patch."${name}"`).join(', ')}
    FROM json_populate_record(NULL::"Operation", $3::json) patch
    WHERE o."id" = $1 AND o."leaseToken" = $2::integer AND o."status" IN ('queued', 'running', 'undoing')
    RETURNING o."cancelRequested"`
  const values = [operationId, leaseToken, toJson(patch)]
  const [written] =
    steps.length === 0
      ? await db.$queryRawUnsafe<{ cancelRequested: boolean }[]>(fence, ...values)
      : await db.$queryRawUnsafe<{ cancelRequested: boolean }[]>(
          `WITH fence AS (${fence}), step AS (${upsert(steps[0]!)}) SELECT "cancelRequested" FROM fence`,
          ...values,
          toJson(steps.map((step) => ({ operationId, ...step }))),
        )
  return written ?? null
}

function upsert(step: object): string {
  const columns = Object.keys({ operationId: '', ...step })
  const changed = columns.filter((name) => name !== 'operationId' && name !== 'position')
  const names = columnList(columns)
  return `
    INSERT INTO "OperationStep" (${names})
    SELECT ${columns.map((name) => `s."${name}"`).join(',')}
    FROM json_populate_recordset(NULL::"OperationStep", $4::json) s, fence
    ON CONFLICT ("operationId", "position") DO UPDATE
    SET ${changed.map((name) => `"${name}" = excluded."${name}"`).join(', ')}`
}
