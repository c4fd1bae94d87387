import type { Prisma } from '../gen/postgresql/client.ts'

/** A table of the data model. */
export type Table = Prisma.ModelName

/** What a host's workers may do with a table. */
export type HostRight = 'change' | 'read' | 'append' | 'none'

/**
 * What the workers of a host may do with each table: no more than running instances needs. Sessions, tokens, passwords
 * and who may do what are none of a host's business.
 */
export const hostRights: Record<Table, HostRight> = {
  Allocation: 'change',
  AddressAllocation: 'change',
  Host: 'change',
  Image: 'change',
  Instance: 'change',
  InstanceTag: 'change',
  Lease: 'change',
  MetricBlock: 'change',
  Migration: 'change',
  NetworkHost: 'change',
  Operation: 'change',
  OperationStep: 'change',
  Outbox: 'change',
  Port: 'change',
  QuotaUsage: 'change',
  ScheduleAttempt: 'change',
  Service: 'change',

  Aggregate: 'read',
  AggregateHost: 'read',
  BackupSchedule: 'read',
  Drain: 'read',
  DrainMove: 'read',
  Flavor: 'read',
  Network: 'read',
  Project: 'read',
  QuotaLimit: 'read',
  ServerGroup: 'read',
  Subnet: 'read',

  Audit: 'append',

  Assignment: 'none',
  ConsoleToken: 'none',
  Domain: 'none',
  FlavorAccess: 'none',
  KeyPair: 'none',
  LoginThrottle: 'none',
  Role: 'none',
  Session: 'none',
  Token: 'none',
  User: 'none',
}

/** The privileges of PostgreSQL that a right stands for. */
export const privileges: Record<HostRight, string> = {
  change: 'SELECT, INSERT, UPDATE, DELETE',
  read: 'SELECT',
  append: 'INSERT',
  none: '',
}
