import { visibleInstances } from '../../compute/instances/find.ts'
import { type Ctx, invalid, notFound, reader } from '../../kernel/index.ts'
import { visiblePorts } from '../ports/row.ts'
import { canonical, type Family, familyOf } from './addresses.ts'
import type { Packet } from './answer.ts'
import type { ReachabilityInput } from './input.ts'
import type { Place } from './walk.ts'
import { nameOf } from './words.ts'
import type { Allocation, PortFacts, World } from './world.ts'

/** One end: interfaces of the project, somebody outside, or an address. */
export interface End {
  name: string
  kind: 'guest' | 'outside' | 'address'
  ports: PortFacts[]
  /** The one that is meant, or that it sends from; null: any of its own. */
  address: string | null
}

/** One way to try. */
export interface Attempt {
  destination: string
  port: Packet['port']
  /** Where it comes from outside; null: from the interfaces of the sender. */
  place: Place | null
  /** The network that has this address inside the cloud: whoever leaves the cloud for it does not find it. */
  home: string | null
}

/** @throws NephosError not_found for what the actor does not see, invalid_input for what is no address */
export async function findEnd(
  ctx: Ctx,
  world: World,
  asked: ReachabilityInput['from'] | ReachabilityInput['to'],
  field: 'from' | 'to',
): Promise<End> {
  const address =
    'address' in asked && asked.address ? requireAddress(asked.address, `${field}.address`) : null
  if (asked.kind === 'outside')
    return { kind: 'outside', name: address ? `${address} outside` : 'The outside', ports: [], address }
  if (asked.kind === 'address') return { kind: 'address', name: address!, ports: [], address }
  if (asked.kind === 'instance') {
    const instance = await reader(ctx).instance.findFirst({
      where: { id: asked.id, ...visibleInstances(ctx) },
      select: { name: true },
    })
    if (!instance) throw notFound('instance', asked.id)
    return { kind: 'guest', name: instance.name, ports: await world.portsOf(asked.id), address }
  }
  const visible = await reader(ctx).port.findFirst({
    where: { AND: [{ id: asked.id }, visiblePorts(ctx)] },
    select: { id: true },
  })
  const port = visible && (await world.port(asked.id))
  if (!port) throw notFound('port', asked.id)
  return { kind: 'guest', name: nameOf(port), ports: [port], address }
}

function requireAddress(text: string, field: string): string {
  if (familyOf(text) === null)
    throw invalid(field, `"${text}" is not an address.`, 'Write one address, such as 10.0.0.5.')
  return canonical(text)
}

const addressesOf = (end: End): { port: PortFacts; allocation: Allocation }[] =>
  end.ports.flatMap((port) => port.allocations.map((allocation) => ({ port, allocation })))

/**
 * The ways to try, the plainest first: the addresses of the receiver, those on a subnet of the sender first, then what
 * leads to them from outside.
 */
export async function attempts(
  world: World,
  from: End,
  to: End,
  { protocol, port = null }: { protocol: Packet['protocol']; port?: number | null },
): Promise<Attempt[]> {
  if (from.kind === 'outside')
    return (await fromOutside(world, to, { protocol, port })).slice(0, mostAttempts)
  if (to.kind === 'address') return [{ destination: to.address!, port, place: null, home: null }]
  const families = new Set<Family | null>(
    addressesOf(from).map(({ allocation }) => familyOf(allocation.ipAddress)),
  )
  const near = new Set(addressesOf(from).map(({ allocation }) => allocation.subnet.id))
  const direct = addressesOf(to)
    .filter(({ allocation }) => families.has(familyOf(allocation.ipAddress)))
    .sort((a, b) => Number(near.has(b.allocation.subnet.id)) - Number(near.has(a.allocation.subnet.id)))
    .map(
      ({ port: owner, allocation }): Attempt => ({
        destination: allocation.ipAddress,
        port,
        place: null,
        home: isOuter(owner) ? null : owner.network.name,
      }),
    )
  const led = await ledTo(world, to, { protocol, port })
  return [...direct, ...led.map((one) => ({ ...one, place: null }))].slice(0, mostAttempts)
}

/** True for a port on a network that reaches the outside by itself. */
const isOuter = ({ network }: PortFacts): boolean => network.external || network.physicalNetwork !== null

/** More addresses than an end has where a person asks. */
const mostAttempts = 12

/** Floating IPs and forwarded ports that lead to an end. */
async function ledTo(
  world: World,
  to: End,
  { protocol, port }: { protocol: Packet['protocol']; port: number | null },
): Promise<(Attempt & { place: Place })[]> {
  const found = await world.floatingIpsOf(to.ports.map(({ id }) => id))
  return found.flatMap(({ networkId, address, fixedIpAddress, forwardings }) => {
    const place = { networkId, nexthop: address }
    if (fixedIpAddress) return [{ destination: address, port, place, home: null }]
    return forwardings
      .filter((one) => one.protocol === protocol && one.internalPort === port)
      .map(({ externalPort }) => ({ destination: address, port: externalPort, place, home: null }))
  })
}

async function fromOutside(
  world: World,
  to: End,
  what: { protocol: Packet['protocol']; port: number | null },
): Promise<Attempt[]> {
  const { port } = what
  if (to.kind === 'address') {
    const networks = await world.outerNetworksWith(to.address!)
    return networks.map((networkId) => ({
      destination: to.address!,
      port,
      place: { networkId, nexthop: to.address! },
      home: null,
    }))
  }
  const led = await ledTo(world, to, what)
  const direct: Attempt[] = []
  for (const { port: owner, allocation } of addressesOf(to)) {
    const destination = allocation.ipAddress
    const home = null
    if (isOuter(owner))
      direct.push({ destination, port, place: { networkId: owner.networkId, nexthop: destination }, home })
    for (const router of await world.routersOn(allocation.subnet.id)) {
      const gateway = router.gatewayPort
      const outer = gateway?.allocations.find(
        ({ ipAddress }) => familyOf(ipAddress) === familyOf(destination),
      )
      // Where addresses are translated, nobody outside asks for one that is inside.
      if (!gateway || !outer || (router.enableSnat && familyOf(destination) === 'IPv4')) continue
      direct.push({
        destination,
        port,
        place: { networkId: gateway.networkId, nexthop: outer.ipAddress },
        home,
      })
    }
  }
  return [...led, ...direct]
}
