import { dhcpOwner, floatingIpOwner, routerGatewayOwner, routerInterfaceOwner } from '../ports/owners.ts'
import type { Hop, HopResource, Packet } from './answer.ts'
import { isUp, routerRoute, translateSource, translateTarget } from './router.ts'
import { familyOfPacket, nameOf, portResource, routerName, routerResource } from './words.ts'
import type { PortFacts, RouterFacts, World } from './world.ts'

/** As many routers as nobody has in a row. */
const mostSteps = 16

/** What a router changed of a packet. */
export interface Translation {
  routerId: string
  before: Packet
  after: Packet
}

/** Where something is on its way: on a network, for whoever has an address there. */
export interface Place {
  networkId: string
  nexthop: string
}

/** How a walk ended. */
export interface Arrival {
  outcome: 'arrived' | 'stopped' | 'leaves'
  /** As it is at its end. */
  packet: Packet
  /** Who has got it. */
  port: PortFacts | null
  /** The router itself has got it. */
  router: RouterFacts | null
  /** It was on a network that reaches the outside. */
  outside: boolean
  translations: Translation[]
}

/** A walk through networks and routers; what it meets is noted in {@link Walk.hops}. */
export class Walk {
  readonly hops: Hop[] = []
  readonly #world: World
  readonly #way: Hop['way']
  /** Of the way there, for the way back: each router takes back what it changed. */
  readonly #undo: Translation[]

  constructor(world: World, way: Hop['way'], undo: readonly Translation[] = []) {
    this.#world = world
    this.#way = way
    this.#undo = [...undo]
  }

  /** What no router took back. */
  get left(): readonly Translation[] {
    return this.#undo
  }

  /** Notes that it gets on. */
  pass(title: string, reason: string, resource: HopResource | null): void {
    this.#note('passes', title, reason, null, resource)
  }

  /** Notes that it ends here. */
  stop(title: string, reason: string, remedy: string, resource: HopResource | null): void {
    this.#note('stops', title, reason, remedy, resource)
  }

  /** Notes that nobody here knows how it goes on. */
  wonder(title: string, reason: string, resource: HopResource | null): void {
    this.#note('unknown', title, reason, null, resource)
  }

  /** Notes what was found out elsewhere. @returns whether it gets on */
  add(hop: Hop | null): boolean {
    if (hop) this.hops.push(hop)
    return hop?.verdict !== 'stops'
  }

  #note(
    verdict: Hop['verdict'],
    title: string,
    reason: string,
    remedy: string | null,
    resource: HopResource | null,
  ): void {
    this.hops.push({ way: this.#way, verdict, title, reason, remedy, resource, missingRule: null })
  }

  /** Goes on from a place until somebody has it, or nobody gets it. */
  async go(start: Place, sent: Packet): Promise<Arrival> {
    const translations: Translation[] = []
    let [place, packet]: [Place, Packet] = [start, sent]
    const end = async (
      outcome: Arrival['outcome'],
      more: { port?: PortFacts; router?: RouterFacts } = {},
    ): Promise<Arrival> => ({
      outcome,
      packet,
      port: more.port ?? null,
      router: more.router ?? null,
      outside: (await this.#world.facts(place.networkId, place.nexthop)).external,
      translations,
    })
    for (let step = 0; step < mostSteps; step++) {
      const owner = await this.#world.ownerOf(place.networkId, place.nexthop)
      if (!owner) return end(await this.#nobody(place))
      const router = await this.#routerOf(owner)
      if (!router) {
        if (!this.#world.mine(owner)) {
          this.wonder(
            'Beyond this project',
            `${place.nexthop} on the network ${await this.#world.networkName(place.networkId)} is not of this project: what happens there is not shown.`,
            await this.#networkResource(place.networkId),
          )
          return end('leaves')
        }
        if (owner.deviceOwner === floatingIpOwner) {
          this.stop(
            'Floating IP',
            `The floating IP ${place.nexthop} leads nowhere.`,
            'Associate it with an instance, or forward one of its ports.',
            { noun: 'floating-ip', id: owner.deviceId, name: place.nexthop, networkId: null },
          )
          return end('stopped')
        }
        if (place.nexthop !== packet.destination) {
          this.wonder(
            'Handed on by an instance',
            `${place.nexthop} is ${nameOf(owner)}: whether it hands on what is for others is up to it.`,
            portResource(owner),
          )
          return end('leaves', { port: owner })
        }
        if (owner.deviceOwner === dhcpOwner) {
          this.stop(
            'DHCP of the network',
            `${place.nexthop} is the address from which the network serves DHCP and metadata.`,
            'Name the address of an instance.',
            await this.#networkResource(place.networkId),
          )
          return end('stopped')
        }
        return end('arrived', { port: owner })
      }
      if (!this.#world.mine(router)) {
        this.wonder(
          'Beyond this project',
          `${place.nexthop} is a router that is not of this project: where it leads is not shown.`,
          await this.#networkResource(place.networkId),
        )
        return end('leaves')
      }
      const next = await this.#throughRouter(router, owner, packet)
      if (next.translation) translations.push(next.translation)
      packet = next.packet
      if (next.ended) return end(next.ended, { router })
      place = next.place!
    }
    this.stop(
      'In a circle',
      'It goes from router to router and never arrives.',
      'Look at the static routes of the routers.',
      null,
    )
    return end('stopped')
  }

  /** The router behind a port of one, and behind a floating IP. */
  async #routerOf(owner: PortFacts): Promise<RouterFacts | null> {
    if (owner.deviceOwner === routerInterfaceOwner || owner.deviceOwner === routerGatewayOwner)
      return this.#world.router(owner.deviceId)
    return owner.deviceOwner === floatingIpOwner ? this.#world.leaderOf(owner.id) : null
  }

  async #networkResource(id: string): Promise<HopResource> {
    return { noun: 'network', id, name: await this.#world.networkName(id), networkId: null }
  }

  /** Nobody in the cloud has the address. */
  async #nobody({ networkId, nexthop }: Place): Promise<Arrival['outcome']> {
    const resource = await this.#networkResource(networkId)
    const { external, provider, gateway, own } = await this.#world.facts(networkId, nexthop)
    if (external || provider) {
      const doors = await this.#world.doors(networkId)
      if (!provider && !doors.open) {
        this.stop(
          'The outside',
          `The network ${resource.name} reaches the outside on no host. ${doors.reason}`.trim(),
          'An administrator connects it with a network of a host.',
          resource,
        )
        return 'stopped'
      }
      this.wonder(
        'The outside',
        `It leaves the cloud by the network ${resource.name}, for ${nexthop}: what happens there is not known here.`,
        resource,
      )
      return 'leaves'
    }
    if (gateway) {
      this.stop(
        'Gateway',
        `Nobody on the network ${resource.name} has the gateway address ${nexthop}.`,
        'Add an interface on this subnet to a router.',
        resource,
      )
      return 'stopped'
    }
    if (own)
      this.stop(
        'Address',
        `Nobody on the network ${resource.name} has the address ${nexthop}.`,
        'Name an address that somebody has.',
        resource,
      )
    else
      this.wonder(
        'Beyond this project',
        `Nothing of this project has the address ${nexthop} on the network ${resource.name}.`,
        resource,
      )
    return own ? 'stopped' : 'leaves'
  }

  async #throughRouter(
    router: RouterFacts,
    by: PortFacts,
    came: Packet,
  ): Promise<{
    packet: Packet
    place?: Place
    ended?: 'arrived' | 'stopped' | 'leaves'
    translation?: Translation
  }> {
    const title = `Router ${routerName(router)}`
    const resource = routerResource(router)
    const stopped = (reason: string, remedy: string) => {
      this.stop(title, reason, remedy, resource)
      return { packet: came, ended: 'stopped' as const }
    }
    if (!router.adminStateUp) return stopped('The router is switched off.', 'Switch it on.')
    if (router.status !== 'ACTIVE')
      return stopped(
        `The router does not work now (${router.status}). ${router.statusReason}`.trim(),
        'Look at the page of the router.',
      )
    const entry = by.deviceOwner === routerInterfaceOwner ? by : router.gatewayPort
    if (entry && !isUp(entry))
      return stopped(
        `Its interface on the network ${entry.network.name} is switched off.`,
        'Switch the port and the network on.',
      )
    const fromGateway = entry !== null && entry.id === router.gatewayPort?.id

    // What this router changed on the way there it takes back.
    const undone = this.#undo.findIndex(
      ({ routerId, after }) =>
        routerId === router.id &&
        (after.source === came.destination || (after.source === null && came.source === after.destination)),
    )
    let packet = came
    const words: string[] = []
    const [taken] = undone >= 0 ? this.#undo.splice(undone, 1) : []
    if (taken)
      packet = {
        ...came,
        source: taken.before.destination,
        destination: taken.before.source ?? came.destination,
      }
    const target = taken ? null : translateTarget(router, packet)
    if (target) {
      packet = { ...packet, destination: target.destination, port: target.port }
      words.push(
        target.forwarding
          ? `forwards port ${came.port} of ${came.destination} to port ${target.port} of ${target.destination}`
          : `leads the floating IP ${came.destination} to ${target.destination}`,
      )
    }

    const own = [...router.interfaces, ...(router.gatewayPort ? [router.gatewayPort] : [])].some(
      ({ allocations }) => allocations.some(({ ipAddress }) => ipAddress === packet.destination),
    )
    const floating = router.floatingIps.some(({ address }) => address === packet.destination)
    if (own || floating) {
      if (packet.protocol === 'icmp' && own) {
        this.pass(title, `${packet.destination} is an address of the router itself, which answers.`, resource)
        return { packet, ended: 'arrived' }
      }
      return stopped(
        `${packet.destination} is an address of the router, which forwards ${packet.port === null ? 'nothing' : `nothing for port ${packet.port}`} and serves nothing itself.`,
        'Forward this port of the address to an instance.',
      )
    }

    if (came.source !== null) {
      const back = routerRoute(router, came.source)
      // It believes no sender whose answer would leave by another interface.
      if (entry && back?.port.id !== entry.id)
        return stopped(
          `What comes from ${came.source} is dropped: the router knows no way back to it on the network ${entry.network.name}.`,
          'Add an interface on the subnet of the sender, or a static route to it.',
        )
    }
    const route = routerRoute(router, this.#outsideOr(packet))
    if (!route)
      return stopped(
        `The router knows no way to ${packet.destination}.`,
        'Set a gateway for the router, add an interface on that subnet, or a static route.',
      )
    if (!isUp(route.port))
      return stopped(
        `Its interface on the network ${route.port.network.name} is switched off.`,
        'Switch the port and the network on.',
      )
    const byGateway = route.port.id === router.gatewayPort?.id
    const four = familyOfPacket(packet) === 'IPv4'
    if (fromGateway && four && router.enableSnat && !target && !taken && this.#way === 'there')
      return stopped(
        'While the router translates addresses (SNAT), nobody outside opens a connection to an address inside.',
        'Use a floating IP or forward a port.',
      )
    const source = taken
      ? null
      : translateSource(router, packet.source, { fromGateway, byGateway, translated: target !== null })
    const before = came
    if (source) {
      words.push(
        source.floating
          ? `sends it under the floating IP ${source.address}`
          : `sends it under its own address ${source.address}`,
      )
      packet = { ...packet, source: source.address }
    }
    const network = await this.#world.networkName(route.port.networkId)
    words.push(
      route.by
        ? `sends it to ${route.nexthop} on the network ${network} by ${route.by}`
        : `is on the network ${network} of ${packet.destination}`,
    )
    if (byGateway && four && !source && !taken && !fromGateway && this.#way === 'there')
      words.push('does not translate the sender, so the outside must know a way back to it')
    this.pass(
      title,
      `It ${[words.slice(0, -1).join(', '), words.at(-1)].filter(Boolean).join(', and ')}.`,
      resource,
    )
    return {
      packet,
      place: { networkId: route.port.networkId, nexthop: route.nexthop },
      ...((source || target) && { translation: { routerId: router.id, before, after: packet } }),
    }
  }

  #outsideOr = ({ destination }: Packet): string | null => (destination === anywhere ? null : destination)
}

/** Stands for somebody outside whose address is not known. */
export const anywhere = 'the outside'
