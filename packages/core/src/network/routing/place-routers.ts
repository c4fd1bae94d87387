import type { Router } from '@nephos/db'
import { type Ctx, mutate } from '../../kernel/index.ts'
import { routerGatewayOwner, routerInterfaceOwner } from '../ports/owners.ts'
import { announcePort, portParts, portRow } from '../ports/row.ts'
import { announceRouter } from '../routers/row.ts'
import { chooseRouterHost } from './choose-host.ts'
import { type Leaving, leavingHosts, type MissedHosts, routerHosts } from './hosts.ts'

/** A router that was given to a host. */
export interface PlacedRouter {
  routerId: string
  host: string
  /** Host that had it before; null: none. */
  from: string | null
}

/** Most routers that one call looks at; the next one goes on. */
const batch = 200

const facts = {
  id: true,
  generation: true,
  hostName: true,
  status: true,
  statusReason: true,
  externalNetworkId: true,
  externalNetwork: { select: { name: true, physicalNetwork: true } },
} as const
type Waiting = Pick<
  Router,
  'id' | 'generation' | 'hostName' | 'status' | 'statusReason' | 'externalNetworkId'
> & { externalNetwork: { name: string; physicalNetwork: string | null } | null }

/**
 * Gives a host to every router that has none, and another one to those whose host is down, gone or under maintenance.
 * A router that no host can take says why. Any number of schedulers may do it at once: the claim is a compare-and-set.
 * The hosts are told at once; one that does not hear it finds out by itself.
 * @param only these routers, and only if they have no host
 */
export async function placeRouters(
  ctx: Ctx,
  { only, missed = new Map() }: { only?: readonly string[]; missed?: MissedHosts } = {},
  now = new Date(),
): Promise<PlacedRouter[]> {
  const leaving = only ? new Map<string, Leaving>() : await leavingHosts(ctx, missed, now)
  const waiting = await ctx.db.router.findMany({
    where: only
      ? { id: { in: [...only] }, hostName: null }
      : { OR: [{ hostName: null }, { hostName: { in: [...leaving.keys()] } }] },
    select: facts,
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    take: batch,
  })
  if (waiting.length === 0) return []
  const [hosts, doors] = await Promise.all([routerHosts(ctx, now), readDoors(ctx, waiting)])
  const placed: PlacedRouter[] = []
  for (const router of waiting) {
    const others = hosts.filter(({ name }) => name !== router.hostName && !leaving.has(name))
    const needs = {
      externalNetworkId: router.externalNetworkId,
      physicalNetwork: router.externalNetwork?.physicalNetwork ?? null,
    }
    const host = chooseRouterHost(others, needs, doors)
    if (!host) {
      await strand(ctx, router, leaving)
      continue
    }
    if (!(await claim(ctx, router, host.name))) continue
    host.routers += 1
    placed.push({ routerId: router.id, host: host.name, from: router.hostName })
  }
  await tellHosts(ctx, placed)
  return placed
}

async function readDoors(ctx: Ctx, routers: readonly Waiting[]): Promise<Map<string, Set<string>>> {
  const networkIds = [...new Set(routers.flatMap(({ externalNetworkId }) => externalNetworkId ?? []))]
  const found = await ctx.db.networkHost.findMany({ where: { networkId: { in: networkIds }, door: true } })
  const doors = new Map<string, Set<string>>(networkIds.map((id) => [id, new Set()]))
  for (const { networkId, hostName } of found) doors.get(networkId)!.add(hostName)
  return doors
}

/** The router's ports go with it: other hosts send what is for them to where they are. @returns false when somebody was faster */
const claim = (ctx: Ctx, router: Waiting, host: string): Promise<boolean> =>
  mutate(ctx, async (tx) => {
    const { id, generation, hostName } = router
    const { count } = await tx.db.router.updateMany({
      where: { id, generation, hostName },
      data: { hostName: host, status: 'ALLOCATING', statusReason: '', generation: { increment: 1 } },
    })
    if (count === 0) return false
    const own = { deviceId: id, deviceOwner: { in: [routerInterfaceOwner, routerGatewayOwner] } }
    await tx.db.port.updateMany({
      where: own,
      data: { hostName: host, status: 'DOWN', generation: { increment: 1 } },
    })
    for (const port of await tx.db.port.findMany({ where: own, include: portParts }))
      announcePort(tx, 'updated', port, portRow(port))
    await announceRouter(ctx, tx, id, 'updated')
    return true
  })

async function strand(ctx: Ctx, router: Waiting, leaving: ReadonlyMap<string, Leaving>): Promise<void> {
  const { id, generation, hostName, externalNetwork } = router
  const cause = hostName ? leaving.get(hostName) : undefined
  if (cause?.works) return
  const physical = externalNetwork?.physicalNetwork
  const why = physical
    ? `No host that is up reaches the physical network ${physical} of ${externalNetwork.name}.`
    : 'No host is up that can do the work of routers.'
  const statusReason = cause ? `${cause.why} ${why}` : why
  if (router.status === 'ERROR' && router.statusReason === statusReason) return
  await mutate(ctx, async (tx) => {
    const { count } = await tx.db.router.updateMany({
      where: { id, generation, hostName },
      data: { status: 'ERROR', statusReason },
    })
    if (count === 1) await announceRouter(ctx, tx, id, 'updated')
  })
}

async function tellHosts(ctx: Ctx, placed: readonly PlacedRouter[]): Promise<void> {
  const hosts = new Map<string, string[]>()
  for (const { routerId, host } of placed) hosts.set(host, [...(hosts.get(host) ?? []), routerId])
  await Promise.all(
    [...hosts].map(([host, routerIds]) =>
      ctx
        .ask(host, 'network.routers', { routerIds })
        .catch((err: unknown) => ctx.log.debug({ err, host }, 'a host was not told of its routers')),
    ),
  )
}
