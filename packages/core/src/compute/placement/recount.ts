import { type Ctx, mutate } from '../../kernel/index.ts'
import { hostChanged, hostSelect } from '../hosts/row.ts'

/**
 * Makes the usage of every host the sum of its allocations again: repairs what should never drift.
 * @returns names of the hosts that were wrong
 */
export async function recountHosts(ctx: Ctx): Promise<string[]> {
  const [hosts, sums] = await Promise.all([
    ctx.db.host.findMany({ select: hostSelect }),
    ctx.db.allocation.groupBy({
      by: ['hostId'],
      _sum: { vcpus: true, ramMib: true, diskGib: true },
      _count: true,
    }),
  ])
  const wrong = hosts.filter((host) => {
    const sum = sums.find(({ hostId }) => hostId === host.id)
    return (
      host.usedVcpus !== (sum?._sum.vcpus ?? 0) ||
      host.usedRamMib !== (sum?._sum.ramMib ?? 0) ||
      host.usedDiskGib !== (sum?._sum.diskGib ?? 0) ||
      host.instanceCount !== (sum?._count ?? 0)
    )
  })
  const repaired: string[] = []
  for (const { id, name } of wrong) {
    const changed = await mutate(ctx, async (tx) => {
      const before = await tx.db.host.findUnique({ where: { id }, select: hostSelect })
      if (!before) return false
      const sum = await tx.db.allocation.aggregate({
        where: { hostId: id },
        _sum: { vcpus: true, ramMib: true, diskGib: true },
        _count: true,
      })
      const used = {
        usedVcpus: sum._sum.vcpus ?? 0,
        usedRamMib: sum._sum.ramMib ?? 0,
        usedDiskGib: sum._sum.diskGib ?? 0,
        instanceCount: sum._count,
      }
      const same = Object.entries(used).every(([key, value]) => before[key as keyof typeof used] === value)
      if (same) return false
      // A claim or release in between makes this a lost race: the next run looks again.
      const { count } = await tx.db.host.updateMany({
        where: { id, generation: before.generation },
        data: { ...used, generation: before.generation + 1 },
      })
      if (count === 0) return false
      hostChanged(
        tx,
        'updated',
        { ...before, ...used, generation: before.generation + 1 },
        ctx.config.serviceDownTime,
      )
      return true
    })
    if (changed) repaired.push(name)
  }
  return repaired
}
