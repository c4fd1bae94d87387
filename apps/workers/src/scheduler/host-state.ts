import type { Amounts, HostRecord } from '@nephos/core'

/** An aggregate as the scheduler sees it. */
export interface AggregateState {
  id: string
  name: string
  metadata: Readonly<Record<string, string>>
}

/** A host as the scheduler sees it: the stored record with what follows from it. */
export interface HostState extends HostRecord {
  /** Last heartbeat of its compute worker, in ms since 1970; 0 for never. */
  lastSeenMs: number
  /** What it could hold in all. */
  capacity: Amounts
  /** What is left to give away. */
  free: Amounts
  aggregates: readonly AggregateState[]
  /** Instances that are being built, moved, copied or rebuilt there. */
  ioOps: number
}

const capacity = (total: number, reserved: number, ratio: number) =>
  Math.max(0, Math.floor((total - reserved) * ratio))

const freeOf = (total: Amounts, record: HostRecord): Amounts => ({
  vcpus: total.vcpus - record.usedVcpus,
  ramMib: total.ramMib - record.usedRamMib,
  diskGib: total.diskGib - record.usedDiskGib,
})

/** Last heartbeat of the compute worker, in ms since 1970; 0 for never. */
export const lastSeenMs = (services: HostRecord['services']): number =>
  services.find(({ role }) => role === 'compute')?.lastSeenAt.getTime() ?? 0

/** Works out what a host could hold in all: ⌊(total − reserved) × ratio⌋, as Placement does. */
export function hostState(
  record: HostRecord,
  { aggregates = [], ioOps = 0 }: Partial<Pick<HostState, 'aggregates' | 'ioOps'>> = {},
): HostState {
  const total = {
    vcpus: capacity(record.vcpus, record.reservedVcpus, record.vcpuRatio),
    ramMib: capacity(record.ramMib, record.reservedRamMib, record.ramRatio),
    diskGib: capacity(record.diskGib, record.reservedDiskGib, record.diskRatio),
  }
  return {
    ...record,
    lastSeenMs: lastSeenMs(record.services),
    capacity: total,
    free: freeOf(total, record),
    aggregates,
    ioOps,
  }
}

/** The host with one more instance on it, which is being built. */
export function withInstance(host: HostState, need: Amounts): HostState {
  const after = {
    ...host,
    usedVcpus: host.usedVcpus + need.vcpus,
    usedRamMib: host.usedRamMib + need.ramMib,
    usedDiskGib: host.usedDiskGib + need.diskGib,
    instanceCount: host.instanceCount + 1,
    ioOps: host.ioOps + 1,
  }
  return { ...after, free: freeOf(host.capacity, after) }
}

/** What the aggregates of a host say under a key; an aggregate may list several values, separated by commas. */
export function aggregateValues(host: HostState, key: string): string[] {
  const values: string[] = []
  for (const { metadata } of host.aggregates) {
    const value = metadata[key]
    if (value !== undefined) values.push(...value.split(',').map((part) => part.trim()))
  }
  return values
}
