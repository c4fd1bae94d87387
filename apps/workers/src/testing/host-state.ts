import type { Amounts } from '@nephos/core'
import { type HostState, hostState } from '../scheduler/host-state.ts'
import { type PlacementRequest, plainRequest } from '../scheduler/request.ts'

/** The moment at which the hosts of {@link makeHostState} were last heard of. */
export const testNow = Date.UTC(2026, 0, 1)

/**
 * A host of 4 vCPUs (×4), 4 GiB (512 MiB kept, ×1.5) and 40 GiB, up, with nothing on it; for tests that need no
 * database. @param silence seconds since its last heartbeat
 */
export function makeHostState(
  name: string,
  { aggregates, ioOps, ...fields }: Partial<HostState> = {},
  silence = 0,
): HostState {
  return hostState(
    {
      id: name,
      name,
      zone: 'nova',
      ownZone: 'nova',
      enabled: true,
      disabledReason: null,
      maintenance: false,
      underlayIp: null,
      failedBuilds: 0,
      generation: 0,
      vcpus: 4,
      ramMib: 4096,
      diskGib: 40,
      reservedVcpus: 0,
      reservedRamMib: 512,
      reservedDiskGib: 0,
      vcpuRatio: 4,
      ramRatio: 1.5,
      diskRatio: 1,
      usedVcpus: 0,
      usedRamMib: 0,
      usedDiskGib: 0,
      instanceCount: 0,
      computeDriver: 'simulated',
      networkDriver: 'simulated',
      facts: null,
      createdAt: new Date(testNow),
      updatedAt: new Date(testNow),
      services: [
        { role: 'compute', lastSeenAt: new Date(testNow - silence * 1000), pid: 1, version: '1' },
        { role: 'network', lastSeenAt: new Date(testNow), pid: 2, version: '1' },
      ],
      ...fields,
    },
    { aggregates, ioOps },
  )
}

/** A request for 1 vCPU, 512 MiB and 1 GiB that asks for nothing else. */
export const makeRequest = (fields: Partial<PlacementRequest> = {}): PlacementRequest => ({
  ...plainRequest({ vcpus: 1, ramMib: 512, diskGib: 1 } satisfies Amounts),
  ...fields,
})
