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
  FloatingIp: 'change',
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
  PortForwarding: 'change',
  PortSecurityGroup: 'change',
  QuotaUsage: 'change',
  Router: 'change',
  ScheduleAttempt: 'change',
  Service: 'change',
  ImageLocation: 'change',
  Volume: 'change',
  VolumeAttachment: 'change',
  VolumeBackend: 'change',
  VolumeBackup: 'change',
  VolumeSnapshot: 'change',

  AddressGroup: 'read',
  AddressGroupEntry: 'read',
  Aggregate: 'read',
  AggregateHost: 'read',
  BackupSchedule: 'read',
  Drain: 'read',
  DrainMove: 'read',
  Flavor: 'read',
  ImageMember: 'read',
  ImageTag: 'read',
  Network: 'read',
  NetworkRbac: 'read',
  NetworkTag: 'read',
  Project: 'read',
  QosPolicy: 'read',
  QosRule: 'read',
  QuotaLimit: 'read',
  SecurityGroup: 'read',
  SecurityGroupRule: 'read',
  ServerGroup: 'read',
  Subnet: 'read',
  VolumeQosSpec: 'read',
  VolumeType: 'read',

  Audit: 'append',

  Assignment: 'none',
  ConsoleToken: 'none',
  Domain: 'none',
  FlavorAccess: 'none',
  KeyPair: 'none',
  LoginThrottle: 'none',
  Role: 'none',
  Session: 'none',
  SubnetPool: 'none',
  Token: 'none',
  User: 'none',
  VolumeDefaultType: 'none',
  VolumeTransfer: 'none',
  VolumeTypeAccess: 'none',
}

/** The privileges of PostgreSQL that a right stands for. */
export const privileges: Record<HostRight, string> = {
  change: 'SELECT, INSERT, UPDATE, DELETE',
  read: 'SELECT',
  append: 'INSERT',
  none: '',
}
