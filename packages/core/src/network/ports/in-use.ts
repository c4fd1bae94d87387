import type { Db, Prisma, Tx } from '@nephos/db'
import { dhcpOwner, floatingIpOwner, routerGatewayOwner, routerInterfaceOwner } from './owners.ts'

/** Who uses a network or subnet. Names at most ten instances and ten routers. */
export interface PortsInUse {
  /** All of them, without the one of DHCP. */
  ports: number
  instances: string[]
  moreInstances: number
  routers: string[]
  moreRouters: number
  floatingIps: number
}

const named = 10
const nobody: PortsInUse = {
  ports: 0,
  instances: [],
  moreInstances: 0,
  routers: [],
  moreRouters: 0,
  floatingIps: 0,
}

/** Counts the ports of a network, without the one of DHCP, and names their instances and routers. */
export async function portsInUse(
  db: Db | Tx,
  where: Prisma.PortWhereInput,
  networkId: string,
): Promise<PortsInUse> {
  const inUse = { AND: [{ networkId, deviceOwner: { not: dhcpOwner } }, where] }
  const owners = await db.port.groupBy({ by: ['deviceOwner'], where: inUse, _count: true })
  const ports = owners.reduce((sum, owner) => sum + owner._count, 0)
  if (ports === 0) return nobody
  const ofPorts = { ports: { some: inUse } }
  const [instances, count] = await Promise.all([
    db.instance.findMany({ where: ofPorts, select: { name: true }, orderBy: { name: 'asc' }, take: named }),
    db.instance.count({ where: ofPorts }),
  ])
  const countOf = (...names: string[]) =>
    owners.reduce((sum, { deviceOwner, _count }) => sum + (names.includes(deviceOwner) ? _count : 0), 0)
  const routers = countOf(routerInterfaceOwner, routerGatewayOwner) > 0 ? await routersOf(db, inUse) : []
  return {
    ports,
    instances: instances.map(({ name }) => name),
    moreInstances: count - instances.length,
    routers: routers.slice(0, named),
    moreRouters: Math.max(0, routers.length - named),
    floatingIps: countOf(floatingIpOwner),
  }
}

async function routersOf(db: Db | Tx, where: Prisma.PortWhereInput): Promise<string[]> {
  const ports = await db.port.findMany({
    where: { AND: [where, { deviceOwner: { in: [routerInterfaceOwner, routerGatewayOwner] } }] },
    select: { deviceId: true },
    distinct: ['deviceId'],
  })
  const routers = await db.router.findMany({
    where: { id: { in: ports.map(({ deviceId }) => deviceId) } },
    select: { id: true, name: true },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
  })
  return routers.map(({ id, name }) => name || id)
}

/** "3 ports (instances web-1, web-2; router edge) use it" */
export function describeUse(use: PortsInUse): string {
  const { ports, floatingIps } = use
  const some = `${ports} ${ports === 1 ? 'port' : 'ports'}`
  const verb = ports === 1 ? 'uses' : 'use'
  const parts = [
    list('instance', use.instances, use.moreInstances),
    list('router', use.routers, use.moreRouters),
    floatingIps > 0 ? `${floatingIps} floating ${floatingIps === 1 ? 'IP' : 'IPs'}` : '',
  ].filter((part) => part !== '')
  return parts.length > 0 ? `${some} (${parts.join('; ')}) ${verb} it` : `${some} ${verb} it`
}

function list(noun: string, names: readonly string[], more: number): string {
  if (names.length === 0) return ''
  const others = more > 0 ? ` and ${more} more` : ''
  return `${names.length + more === 1 ? noun : `${noun}s`} ${names.join(', ')}${others}`
}
