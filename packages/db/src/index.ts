export { type Db, type DbOptions, openDb, type Tx } from './client.ts'
export { containing } from './containing.ts'
export * from './errors.ts'
export type {
  AddressAllocation,
  AddressGroup,
  Aggregate,
  Allocation,
  Assignment,
  Audit,
  BackupSchedule,
  Domain,
  Drain,
  DrainMove,
  Flavor,
  FloatingIp,
  Host,
  Image,
  ImageLocation,
  ImageStatus,
  Instance,
  KeyPair,
  Migration,
  Network,
  NetworkRbac,
  Operation,
  OperationStep,
  Outbox,
  Port,
  PortForwarding,
  Project,
  Role,
  Router,
  ScheduleAttempt,
  ServerGroup,
  Service,
  Session,
  Subnet,
  SubnetPool,
  Token,
  User,
  Volume,
  VolumeAttachment,
  VolumeBackend,
  VolumeBackup,
  VolumeQosSpec,
  VolumeSnapshot,
  VolumeTransfer,
  VolumeType,
} from './gen/postgresql/client.ts'
export { Prisma } from './gen/postgresql/client.ts'
export * from './gen/postgresql/enums.ts'
export { newHexId, newId } from './ids.ts'
export { insertMissing, insertMissingNamed, insertRows, type NewRows } from './insert-rows.ts'
export { jsonText } from './json-text.ts'
export { type MigrateOptions, type MigrateResult, migrate } from './migrate/migrate.ts'
export { lowerUsage, raiseUsage, type UsageChange } from './quota-usage.ts'
export { type InstanceQuery, type ListedInstance, readInstances, type WantedState } from './read-instances.ts'
export { ensureHostRoles, type HostRole, type HostRoles } from './roles/ensure-host-roles.ts'
export { type JournalEntry, writeJournal } from './write-journal.ts'
export { writeMetricBlocks } from './write-metric-blocks.ts'
export { writeUnchanged } from './write-unchanged.ts'
