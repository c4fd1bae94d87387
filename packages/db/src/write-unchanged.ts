import type { Tx } from './client.ts'
import { columnList, toJson } from './insert-rows.ts'

/** What is written of a row: its key, the generation at which it was read, and the new values. */
interface Unchanged {
  Host: {
    id: string
    generation: number
    usedVcpus: number
    usedRamMib: number
    usedDiskGib: number
    instanceCount: number
    updatedAt: Date
  }
  Instance: {
    id: string
    generation: number
    hostId: string | null
    zone: string | null
    taskState: string | null
    updatedAt: Date
  }
}

/**
 * Writes those rows that are still at the generation at which they were read, and raises it: compare-and-set for many
 * rows in one statement. Rows are locked in the order of their ids, so that two callers cannot wait for each other;
 * one that another transaction just changed is looked at again and left alone.
 * @param rows all with the same columns, no id twice
 * @returns the ids of the rows that were written
 */
export async function writeUnchanged<Table extends keyof Unchanged>(
  db: Tx,
  table: Table,
  rows: readonly Unchanged[Table][],
): Promise<Set<string>> {
  const [first] = rows
  if (!first) return new Set()
  const set = Object.keys(first).filter((name) => name !== 'id' && name !== 'generation')
  const written = await db.$queryRawUnsafe<{ id: string }[]>(
    `WITH wanted AS MATERIALIZED (
       SELECT "id","generation",${columnList(set)} FROM json_populate_recordset(NULL::"${table}", $1::json)
     ), locked AS MATERIALIZED (
       SELECT t."id" FROM "${table}" t JOIN wanted w ON w."id" = t."id" AND w."generation" = t."generation"
       ORDER BY t."id" FOR UPDATE OF t
     )
     UPDATE "${table}" t SET "generation" = t."generation" + 1, ${set.map((name) => `"${name}" = w."${name}"`).join(', ')}
     FROM wanted w, locked l
     WHERE l."id" = w."id" AND t."id" = w."id" AND t."generation" = w."generation"
     RETURNING t."id"`,
    toJson(rows),
  )
  return new Set(written.map(({ id }) => id))
}
