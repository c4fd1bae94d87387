import type { Services } from '@nephos/core'
import { expect } from 'vitest'

type Amount = 'vcpus' | 'ramMib' | 'diskGib'

/** Expects of every host that its usage is the sum of its allocations, and no more than it has to give away. */
export async function expectUsageFits(db: Services['db']): Promise<void> {
  for (const host of await db.host.findMany({ include: { allocations: true } })) {
    const sum = (amount: Amount) => host.allocations.reduce((total, row) => total + row[amount], 0)
    expect([host.usedVcpus, host.usedRamMib, host.usedDiskGib, host.instanceCount]).toEqual([
      sum('vcpus'),
      sum('ramMib'),
      sum('diskGib'),
      host.allocations.length,
    ])
    expect(host.usedRamMib).toBeLessThanOrEqual((host.ramMib - host.reservedRamMib) * host.ramRatio)
    expect(host.usedDiskGib).toBeLessThanOrEqual((host.diskGib - host.reservedDiskGib) * host.diskRatio)
    expect(host.usedVcpus).toBeLessThanOrEqual((host.vcpus - host.reservedVcpus) * host.vcpuRatio)
  }
}
