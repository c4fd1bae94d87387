import { type Ctx, mutate } from '../../kernel/index.ts'
import { hostChanged, hostSelect } from './row.ts'

/**
 * Announces hosts of which a service has fallen silent since `since`, so that dashboards and schedulers see it without
 * asking. @returns names of these hosts
 */
export async function announceDownHosts(ctx: Ctx, since: Date, now = new Date()): Promise<string[]> {
  const down = ctx.config.serviceDownTime * 1000
  const hosts = await ctx.db.host.findMany({
    where: {
      services: {
        some: {
          lastSeenAt: { lt: new Date(now.getTime() - down), gte: new Date(since.getTime() - down) },
        },
      },
    },
    select: hostSelect,
  })
  if (hosts.length > 0)
    await mutate(ctx, async (tx) => {
      for (const host of hosts) hostChanged(tx, 'updated', host, ctx.config.serviceDownTime)
    })
  return hosts.map(({ name }) => name)
}
