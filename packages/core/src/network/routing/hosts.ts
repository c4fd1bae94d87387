import type { Ctx } from '../../kernel/index.ts'
import type { RouterHost } from './choose-host.ts'

const drivers = ['linux', 'simulated']
const network = { where: { role: 'network' }, select: { lastSeenAt: true } } as const

/** When hosts that signed off were first missed. Kept from round to round: a worker that restarts is no dead host. */
export type MissedHosts = Map<string, number>

/** Why routers leave a host. */
export interface Leaving {
  why: string
  /** They work there until another host takes them. */
  works: boolean
}

/** The hosts that may take up routers now. */
export async function routerHosts(ctx: Ctx, now: Date): Promise<RouterHost[]> {
  const upSince = new Date(now.getTime() - ctx.config.serviceDownTime * 1000)
  const [hosts, counts] = await Promise.all([
    ctx.db.host.findMany({
      where: {
        enabled: true,
        maintenance: false,
        networkDriver: { in: drivers },
        services: { some: { role: 'network', lastSeenAt: { gte: upSince } } },
      },
      select: { name: true, networkDriver: true },
    }),
    ctx.db.router.groupBy({ by: ['hostName'], _count: true, where: { hostName: { not: null } } }),
  ])
  const routers = new Map(counts.map(({ hostName, _count }) => [hostName, _count]))
  return hosts.map((host) => ({ ...host, routers: routers.get(host.name) ?? 0 }))
}

/** Why routers have to leave the hosts that they are on, by host. A host where they may stay is not among them. */
export async function leavingHosts(ctx: Ctx, missed: MissedHosts, now: Date): Promise<Map<string, Leaving>> {
  const used = await ctx.db.router.findMany({
    where: { hostName: { not: null } },
    distinct: ['hostName'],
    select: { hostName: true },
  })
  const names = used.flatMap(({ hostName }) => hostName ?? [])
  const hosts = await ctx.db.host.findMany({
    where: { name: { in: names } },
    select: { name: true, maintenance: true, services: network },
  })
  const known = new Map(hosts.map((host) => [host.name, host]))
  const downMs = ctx.config.serviceDownTime * 1000
  const leaving = new Map<string, Leaving>()
  const leave = (name: string, why: string, works = false) => leaving.set(name, { why, works })
  for (const name of names) {
    const host = known.get(name)
    const seen = host?.services[0]?.lastSeenAt.getTime() ?? 0
    if (host && seen > now.getTime() - downMs) missed.delete(name)
    else if (host && !missed.has(name)) missed.set(name, seen || now.getTime())
    if (!host) leave(name, `The host ${name} does not belong to the cloud any more.`)
    else if (missed.has(name) && now.getTime() - missed.get(name)! > downMs)
      leave(name, `The host ${name} is down.`)
    else if (host.maintenance) leave(name, `The host ${name} is under maintenance.`, true)
  }
  return leaving
}
