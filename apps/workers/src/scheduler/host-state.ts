import type { HostRecord } from '@nephos/core'

/** A host as the scheduler sees it: the stored record with what follows from it. */
export interface HostState extends HostRecord {
  /** Last heartbeat of its compute worker, in ms since 1970; 0 for never. */
  lastSeenMs: number
  capacity: { vcpus: number; ramMib: number; diskGib: number }
}

const capacity = (total: number, reserved: number, ratio: number) =>
  Math.max(0, Math.floor((total - reserved) * ratio))

/** Works out what a host could hold in all: ⌊(total − reserved) × ratio⌋, as Placement does. */
export function hostState(record: HostRecord): HostState {
  const compute = record.services.find((service) => service.role === 'compute')
  return {
    ...record,
    lastSeenMs: compute?.lastSeenAt.getTime() ?? 0,
    capacity: {
      vcpus: capacity(record.vcpus, record.reservedVcpus, record.vcpuRatio),
      ramMib: capacity(record.ramMib, record.reservedRamMib, record.ramRatio),
      diskGib: capacity(record.diskGib, record.reservedDiskGib, record.diskRatio),
    },
  }
}

/** What is left to give away. */
export const freeOf = (host: HostState) => ({
  vcpus: host.capacity.vcpus - host.usedVcpus,
  ramMib: host.capacity.ramMib - host.usedRamMib,
  diskGib: host.capacity.diskGib - host.usedDiskGib,
})

/** The host with one more instance on it. */
export const withInstance = (
  host: HostState,
  need: { vcpus: number; ramMib: number; diskGib: number },
): HostState => ({
  ...host,
  usedVcpus: host.usedVcpus + need.vcpus,
  usedRamMib: host.usedRamMib + need.ramMib,
  usedDiskGib: host.usedDiskGib + need.diskGib,
  instanceCount: host.instanceCount + 1,
})
