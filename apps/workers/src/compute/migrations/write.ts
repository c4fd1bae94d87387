import {
  type MigrationRecord,
  migrationRow,
  mutate,
  setMigrationStatus,
  systemCtx,
  wireRow,
} from '@nephos/core'
import type { ComputeDeps } from '../deps.ts'

/** Writes the status of a move by compare-and-set. @returns null when it had none of `from` */
export const writeMigration = (
  { services, hostName }: ComputeDeps,
  id: string,
  from: readonly string[],
  status: string,
  changes: Parameters<typeof setMigrationStatus>[4] = {},
): Promise<MigrationRecord | null> =>
  mutate(systemCtx(services, `compute on ${hostName}`), (tx) =>
    setMigrationStatus(tx, id, from, status, changes),
  )

const everyMs = 500

/**
 * Makes what shows how far a move is: on its row, twice a second at most, and to whoever looks.
 * @param migration as it is announced, but for its bytes
 */
export function moveProgress({ services }: ComputeDeps, migration: MigrationRecord) {
  let last = Number.NEGATIVE_INFINITY
  return async (doneBytes: number | null, totalBytes: number | null): Promise<void> => {
    if (totalBytes === null || doneBytes === null || performance.now() - last < everyMs) return
    last = performance.now()
    const bytes = { doneBytes: BigInt(doneBytes), totalBytes: BigInt(totalBytes) }
    await services.db.migration.updateMany({ where: { id: migration.id, endedAt: null }, data: bytes })
    services.announce({
      noun: 'migration',
      change: 'updated',
      id: migration.id,
      audience: { kind: 'admin' },
      at: new Date().toISOString(),
      data: wireRow(migrationRow({ ...migration, ...bytes }, { admin: true })),
    })
    // Its people may know how far it is, and not which hosts there are.
    services.announce({
      noun: 'migration',
      change: 'progress',
      id: migration.id,
      audience: { kind: 'project', projectId: migration.projectId },
      at: new Date().toISOString(),
      data: { id: migration.id, doneBytes, totalBytes },
    })
  }
}
