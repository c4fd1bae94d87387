import type { Db, Prisma, Tx } from '@nephos/db'
import { type Ctx, isAdmin, noJson, reader, requireProject } from '../../kernel/index.ts'
import { visibleNetworks } from '../networks/access.ts'
import type { AddressPair } from '../ports/address-pairs.ts'
import { routerInterfaceOwner } from '../ports/owners.ts'
import { canonical, inRange } from './addresses.ts'

const portFacts = {
  id: true,
  projectId: true,
  networkId: true,
  name: true,
  adminStateUp: true,
  portSecurity: true,
  status: true,
  hostName: true,
  deviceOwner: true,
  deviceId: true,
  deviceIndex: true,
  allowedAddressPairs: true,
  instance: { select: { id: true, name: true, vmState: true, powerState: true } },
  network: {
    select: { name: true, adminStateUp: true, external: true, physicalNetwork: true },
  },
  allocations: {
    select: {
      ipAddress: true,
      subnet: { select: { id: true, name: true, cidr: true, gatewayIp: true, hostRoutes: true } },
    },
    orderBy: [{ createdAt: 'asc' }, { ipAddress: 'asc' }],
  },
  securityGroups: { select: { groupId: true }, orderBy: { groupId: 'asc' } },
} as const satisfies Prisma.PortSelect

/** A port with all that decides what passes it. */
export type PortFacts = Prisma.PortGetPayload<{ select: typeof portFacts }>
/** An address of a port, with its subnet. */
export type Allocation = PortFacts['allocations'][number]

const groupFacts = {
  id: true,
  name: true,
  stateful: true,
  rules: {
    select: {
      id: true,
      direction: true,
      ethertype: true,
      protocol: true,
      portMin: true,
      portMax: true,
      remoteIpPrefix: true,
      remoteGroupId: true,
      remoteGroup: { select: { name: true } },
      remoteAddressGroupId: true,
      remoteAddressGroup: { select: { name: true, addresses: { select: { cidr: true } } } },
    },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  },
} as const satisfies Prisma.SecurityGroupSelect

/** A security group with its rules. */
export type GroupFacts = Prisma.SecurityGroupGetPayload<{ select: typeof groupFacts }>
/** One rule of a security group. */
export type RuleFacts = GroupFacts['rules'][number]

const routerFacts = {
  id: true,
  projectId: true,
  name: true,
  adminStateUp: true,
  status: true,
  statusReason: true,
  enableSnat: true,
  routes: true,
  externalNetworkId: true,
  gatewayPort: { select: portFacts },
  floatingIps: {
    select: {
      id: true,
      networkId: true,
      address: true,
      fixedIpAddress: true,
      forwardings: {
        select: { protocol: true, externalPort: true, internalAddress: true, internalPort: true },
      },
    },
  },
} as const satisfies Prisma.RouterSelect

/** A router with its interfaces and what it translates. */
export type RouterFacts = Prisma.RouterGetPayload<{ select: typeof routerFacts }> & {
  interfaces: PortFacts[]
}

/** An address outside that leads inside. */
export interface OuterAddress {
  networkId: string
  address: string
  fixedIpAddress: string | null
  forwardings: { protocol: string; externalPort: number; internalPort: number }[]
}

/** How the external network reaches what is outside. */
export interface Doors {
  open: boolean
  /** Why none is open; empty where nothing was said. */
  reason: string
}

/** The pairs of a port. */
export const pairsOf = ({ allowedAddressPairs }: Pick<PortFacts, 'allowedAddressPairs'>): AddressPair[] =>
  (allowedAddressPairs ?? []) as unknown as AddressPair[]

/**
 * What the database says, read as it is asked for and each thing once. It holds rows of every project: whoever shows
 * something of them asks {@link World.mine} first.
 */
export class World {
  readonly #ctx: Ctx
  readonly #db: Db | Tx
  readonly #known = new Map<string, Promise<unknown>>()

  constructor(ctx: Ctx) {
    this.#ctx = ctx
    this.#db = reader(ctx)
  }

  /** True for what belongs to the actor's project, and for everything where the actor is an administrator. */
  mine({ projectId }: { projectId: string }): boolean {
    return isAdmin(this.#ctx.actor) || projectId === requireProject(this.#ctx).id
  }

  /** The ports of an instance, in the order of its interfaces. */
  portsOf(instanceId: string): Promise<PortFacts[]> {
    return this.#once(`instance ${instanceId}`, () =>
      this.#db.port.findMany({
        where: { instanceId },
        select: portFacts,
        orderBy: [{ deviceIndex: 'asc' }, { id: 'asc' }],
      }),
    )
  }

  port(id: string): Promise<PortFacts | null> {
    return this.#once(`port ${id}`, () => this.#db.port.findUnique({ where: { id }, select: portFacts }))
  }

  /** Who has an address on a network: its own, or one that it is allowed besides. */
  ownerOf(networkId: string, address: string): Promise<PortFacts | null> {
    return this.#once(`address ${networkId} ${address}`, async () => {
      const owner = await this.#db.port.findFirst({
        where: { networkId, allocations: { some: { networkId, ipAddress: canonical(address) } } },
        select: portFacts,
      })
      if (owner) return owner
      const paired = await this.#db.port.findMany({
        where: { networkId, NOT: { allowedAddressPairs: { equals: noJson } } },
        select: portFacts,
        orderBy: { id: 'asc' },
        take: 200,
      })
      return (
        paired.find((port) =>
          pairsOf(port).some(({ ipAddress }) => !ipAddress.includes('/') && inRange(ipAddress, address)),
        ) ?? null
      )
    })
  }

  /** The name of a network, as far as the actor sees it. */
  networkName(networkId: string): Promise<string> {
    return this.#once(`network ${networkId}`, async () => {
      const network = await this.#db.network.findFirst({
        where: { AND: [{ id: networkId }, visibleNetworks(this.#ctx)] },
        select: { name: true },
      })
      return network?.name ?? 'of another project'
    })
  }

  /** What a network is to the actor and to an address on it. */
  facts(
    networkId: string,
    address: string,
  ): Promise<{ external: boolean; provider: boolean; own: boolean; gateway: boolean }> {
    return this.#once(`facts ${networkId} ${address}`, async () => {
      const network = await this.#db.network.findUnique({
        where: { id: networkId },
        select: {
          projectId: true,
          external: true,
          physicalNetwork: true,
          subnets: { where: { gatewayIp: canonical(address) }, select: { id: true } },
        },
      })
      return {
        external: network?.external ?? false,
        provider: (network?.physicalNetwork ?? null) !== null,
        own: network !== null && this.mine(network),
        gateway: (network?.subnets.length ?? 0) > 0,
      }
    })
  }

  /** The ranges of a network's subnets. */
  ranges(networkId: string): Promise<string[]> {
    return this.#once(`ranges ${networkId}`, async () => {
      const subnets = await this.#db.subnet.findMany({ where: { networkId }, select: { cidr: true } })
      return subnets.map(({ cidr }) => cidr)
    })
  }

  router(id: string): Promise<RouterFacts | null> {
    return this.#once(`router ${id}`, async () => {
      const [router, interfaces] = await Promise.all([
        this.#db.router.findUnique({ where: { id }, select: routerFacts }),
        this.#db.port.findMany({
          where: { deviceOwner: routerInterfaceOwner, deviceId: id },
          select: portFacts,
          orderBy: { id: 'asc' },
        }),
      ])
      return router && { ...router, interfaces }
    })
  }

  /** The routers with an interface on a subnet. */
  async routersOn(subnetId: string): Promise<RouterFacts[]> {
    const ports = await this.#db.port.findMany({
      where: { deviceOwner: routerInterfaceOwner, allocations: { some: { subnetId } } },
      select: { deviceId: true },
      orderBy: { id: 'asc' },
    })
    const routers = await Promise.all(ports.map(({ deviceId }) => this.router(deviceId)))
    return routers.filter((router) => router !== null)
  }

  /** The router that leads a floating IP, by the port that holds its address. */
  async leaderOf(floatingPortId: string): Promise<RouterFacts | null> {
    const floating = await this.#db.floatingIp.findUnique({
      where: { floatingPortId },
      select: { routerId: true },
    })
    return floating?.routerId ? this.router(floating.routerId) : null
  }

  /** The floating IPs that lead to ports, whole or with single ports. */
  floatingIpsOf(portIds: readonly string[]): Promise<OuterAddress[]> {
    return this.#db.floatingIp.findMany({
      where: {
        OR: [
          { portId: { in: [...portIds] } },
          { forwardings: { some: { internalPortId: { in: [...portIds] } } } },
        ],
      },
      select: {
        networkId: true,
        address: true,
        fixedIpAddress: true,
        forwardings: {
          where: { internalPortId: { in: [...portIds] } },
          select: { protocol: true, externalPort: true, internalPort: true },
        },
      },
      orderBy: { address: 'asc' },
    })
  }

  /** The networks that reach the outside on which the actor has an address: a floating IP, a router's, or a port's. */
  async outerNetworksWith(address: string): Promise<string[]> {
    const ports = await this.#db.port.findMany({
      where: {
        allocations: { some: { ipAddress: canonical(address) } },
        network: { OR: [{ external: true }, { physicalNetwork: { not: null } }] },
        ...(isAdmin(this.#ctx.actor) ? {} : { projectId: requireProject(this.#ctx).id }),
      },
      select: { networkId: true },
      orderBy: { id: 'asc' },
    })
    return ports.map(({ networkId }) => networkId)
  }

  groups(ids: readonly string[]): Promise<GroupFacts[]> {
    return this.#once(`groups ${ids.join()}`, () =>
      this.#db.securityGroup.findMany({
        where: { id: { in: [...ids] } },
        select: groupFacts,
        orderBy: { id: 'asc' },
      }),
    )
  }

  /**
   * Whether an address, seen from a network, is that of a member of a security group. From elsewhere only those count
   * that a router can bring: an address of the network's own ranges is somebody else there.
   */
  isMember(groupId: string, address: string, seenFrom: string): Promise<boolean> {
    return this.#once(`member ${groupId} ${address} ${seenFrom}`, async () => {
      const local = (await this.ranges(seenFrom)).some((cidr) => inRange(cidr, address))
      const members = await this.#db.port.findMany({
        where: {
          securityGroups: { some: { groupId } },
          ...(local && { networkId: seenFrom }),
          OR: [
            { allocations: { some: { ipAddress: canonical(address) } } },
            { NOT: { allowedAddressPairs: { equals: noJson } } },
          ],
        },
        select: { allowedAddressPairs: true, allocations: { select: { ipAddress: true } } },
      })
      return members.some(
        (member) =>
          member.allocations.some(({ ipAddress }) => inRange(ipAddress, address)) ||
          pairsOf(member).some(({ ipAddress }) => inRange(ipAddress, address)),
      )
    })
  }

  /** Why a host does not filter; null: it does, or there is none. */
  noFilter(hostName: string | null): Promise<string | null> {
    return this.#once(`host ${hostName}`, async () => {
      const host =
        hostName && (await this.#db.host.findUnique({ where: { name: hostName }, select: { facts: true } }))
      const facts = (host ? host.facts : null) as { network?: { noSecurityGroups?: string | null } } | null
      return facts?.network?.noSecurityGroups ?? null
    })
  }

  /** Whether an external network reaches the outside on one of its hosts. */
  doors(networkId: string): Promise<Doors> {
    return this.#once(`doors ${networkId}`, async () => {
      const hosts = await this.#db.networkHost.findMany({
        where: { networkId },
        select: { door: true, doorReason: true },
      })
      return {
        open: hosts.some(({ door }) => door),
        reason: hosts.find(({ doorReason }) => doorReason !== '')?.doorReason ?? '',
      }
    })
  }

  #once<Value>(key: string, read: () => Promise<Value>): Promise<Value> {
    const known = this.#known.get(key) as Promise<Value> | undefined
    if (known) return known
    const reading = read()
    this.#known.set(key, reading)
    return reading
  }
}
