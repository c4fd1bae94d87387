/** A table of the client, as far as {@link insertMissing} needs it. */
interface InsertTarget<Row> {
  createMany: (args: { data: Row[]; skipDuplicates: true }) => PromiseLike<{ count: number }>
}

/**
 * Inserts the rows that break no unique key and leaves the others out, without an error that would end the
 * transaction. Rows that a transaction still open has inserted are waited for. Give rows in one order everywhere
 * (sorted by key), so that two callers cannot wait for each other.
 * @returns how many rows were inserted
 */
export async function insertMissing<Row>(table: InsertTarget<Row>, rows: Row[]): Promise<number> {
  if (rows.length === 0) return 0
  const { count } = await table.createMany({ data: rows, skipDuplicates: true })
  return count
}
