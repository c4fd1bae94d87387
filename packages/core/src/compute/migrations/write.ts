import type { Prisma } from '@nephos/db'
import type { MutationTx } from '../../kernel/index.ts'
import { type MigrationRecord, migrationChanged, migrationSelect } from './row.ts'

/** Statuses of a move that is not over: it may still hold something on two hosts. */
export const openMigration = { endedAt: null } as const satisfies Prisma.MigrationWhereInput

/** Statuses in which a migration has ended for good. */
const ended = ['confirmed', 'reverted', 'completed', 'error', 'cancelled']

/**
 * Writes the status of a migration by compare-and-set on what it was, and announces it. This is where it is decided
 * on which host a moving guest runs.
 * @param from the statuses that it may have had
 * @returns the record as it is now, or null when it had another status: nothing was written
 */
export async function setMigrationStatus(
  tx: Pick<MutationTx, 'db' | 'event'>,
  id: string,
  from: readonly string[],
  status: string,
  changes: Prisma.MigrationUncheckedUpdateManyInput = {},
): Promise<MigrationRecord | null> {
  const { count } = await tx.db.migration.updateMany({
    where: { id, status: { in: [...from] }, endedAt: null },
    data: { ...changes, status, ...(ended.includes(status) && { endedAt: new Date() }) },
  })
  if (count === 0) return null
  const record = await tx.db.migration.findUniqueOrThrow({ where: { id }, select: migrationSelect })
  migrationChanged(tx, 'updated', record)
  return record
}

/** The move of an instance that is not over yet, or null. */
export const findOpenMigration = (
  db: MutationTx['db'],
  instanceId: string,
): Promise<MigrationRecord | null> =>
  db.migration.findFirst({
    where: { instanceId, ...openMigration },
    select: migrationSelect,
    orderBy: { createdAt: 'desc' },
  })
