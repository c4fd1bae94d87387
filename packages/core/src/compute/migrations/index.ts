export type { Migration as StoredMigration } from '@nephos/db'
export { abortMigration } from './abort.ts'
export { beginMove, chosenHost, type MoveAccepted } from './begin.ts'
export { confirmDueResizes } from './confirm-due.ts'
export { confirmResize } from './confirm-resize.ts'
export { currentMigration } from './current.ts'
export { evacuateInstance } from './evacuate.ts'
export { forceCompleteMigration } from './force-complete.ts'
export { listMigrations } from './list.ts'
export { liveMigrateInstance } from './live-migrate.ts'
export { migrateInstance } from './migrate.ts'
export { quotaBeyond, returnMoveQuota } from './quota.ts'
export { resizeInstance } from './resize.ts'
export { revertResize } from './revert-resize.ts'
export {
  type MigrationKind,
  type MigrationRecord,
  type MigrationRow,
  type MovedFlavor,
  migrationChanged,
  migrationRow,
  migrationSelect,
} from './row.ts'
export { findOpenMigration, openMigration, setMigrationStatus } from './write.ts'
