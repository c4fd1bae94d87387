import { type Ctx, mutate } from '../../kernel/index.ts'
import { releaseAllocation } from './release.ts'

/**
 * Gives back what is held for instances on hosts they are not on: left over when a failed creation could not finish.
 * @returns ids of these instances
 */
export async function releaseStrayAllocations(ctx: Ctx): Promise<string[]> {
  const placed = { instance: { hostId: null, taskState: null } }
  const strays = await ctx.db.allocation.findMany({
    where: placed,
    select: { consumerId: true, instanceId: true },
    take: 500,
  })
  for (const { consumerId } of strays)
    await mutate(ctx, async (tx) => {
      const still = await tx.db.allocation.findFirst({ where: { consumerId, ...placed } })
      if (still) await releaseAllocation(tx, consumerId, ctx.config.serviceDownTime)
    })
  return strays.map(({ instanceId }) => instanceId)
}
