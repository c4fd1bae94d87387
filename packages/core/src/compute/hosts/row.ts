import type { Prisma } from '@nephos/db'
import type { Json, MutationTx } from '../../kernel/index.ts'
import { wireRow } from '../instances/row.ts'

/** What is read of a host. */
export const hostSelect = {
  id: true,
  name: true,
  zone: true,
  ownZone: true,
  enabled: true,
  disabledReason: true,
  underlayIp: true,
  maintenance: true,
  failedBuilds: true,
  generation: true,
  vcpus: true,
  ramMib: true,
  diskGib: true,
  reservedVcpus: true,
  reservedRamMib: true,
  reservedDiskGib: true,
  vcpuRatio: true,
  ramRatio: true,
  diskRatio: true,
  usedVcpus: true,
  usedRamMib: true,
  usedDiskGib: true,
  instanceCount: true,
  computeDriver: true,
  networkDriver: true,
  facts: true,
  createdAt: true,
  updatedAt: true,
  services: { select: { role: true, lastSeenAt: true, pid: true, version: true } },
} satisfies Prisma.HostSelect

/** A host as {@link hostSelect} reads it. */
export type HostRecord = Prisma.HostGetPayload<{ select: typeof hostSelect }>

/** A worker role on a host; `up` while its last heartbeat is young enough. */
export interface HostService {
  role: string
  lastSeenAt: Date
  up: boolean
  pid: number
  version: string
}

/** A host as lists and events have it. RAM in MiB, disk in GiB. */
export interface HostRow extends Omit<HostRecord, 'services' | 'facts'> {
  facts: Json
  /** True while its compute service is up. */
  up: boolean
  services: HostService[]
}

/** The list row; `downTime` is the seconds without a heartbeat until a service counts as down. */
export function hostRow(record: HostRecord, downTime: number, now = Date.now()): HostRow {
  const services = record.services.map((service) => ({
    ...service,
    up: now - service.lastSeenAt.getTime() <= downTime * 1000,
  }))
  return {
    ...record,
    facts: (record.facts as Json) ?? {},
    up: services.some((service) => service.role === 'compute' && service.up),
    services: services.sort((a, b) => a.role.localeCompare(b.role)),
  }
}

/** Announces a host to administrators and schedulers. */
export function hostChanged(
  tx: Pick<MutationTx, 'event'>,
  change: 'created' | 'updated',
  record: HostRecord,
  downTime: number,
): void {
  tx.event({
    noun: 'host',
    change,
    id: record.id,
    audience: { kind: 'admin' },
    data: wireRow(hostRow(record, downTime)),
  })
}
