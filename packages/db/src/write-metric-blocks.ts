import type { Tx } from './client.ts'
import type { Prisma } from './gen/postgresql/client.ts'
import { toJson } from './insert-rows.ts'

/**
 * Writes blocks of measurements in one statement, whose text does not depend on how many there are; those that are
 * there already get the new bytes. No key may be given twice.
 */
export async function writeMetricBlocks(
  db: Tx,
  rows: readonly Prisma.MetricBlockCreateManyInput[],
): Promise<void> {
  if (rows.length === 0) return
  await db.$executeRawUnsafe(
    `INSERT INTO "MetricBlock" ("resourceId","tier","startsAt","hostName","expiresAt","data")
     SELECT "resourceId","tier","startsAt","hostName","expiresAt","data"
     FROM json_populate_recordset(NULL::"MetricBlock", $1::json)
     ON CONFLICT ("resourceId","tier","startsAt","hostName")
     DO UPDATE SET "data" = excluded."data", "expiresAt" = excluded."expiresAt"`,
    toJson(rows),
  )
}
