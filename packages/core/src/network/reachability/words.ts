import { type Family, familyOf } from './addresses.ts'
import type { HopResource, Packet } from './answer.ts'
import type { PortFacts, RouterFacts } from './world.ts'

/** The family of what is sent. */
export const familyOfPacket = ({ source, destination }: Packet): Family =>
  familyOf(destination) ?? familyOf(source ?? '') ?? 'IPv4'

/** What a port is called: its instance, its own name, or its address. */
export const nameOf = (port: PortFacts): string =>
  port.instance?.name || port.name || port.allocations[0]?.ipAddress || `port ${port.id.slice(0, 8)}`

/** A port, for the page. */
export const portResource = (port: PortFacts): HopResource => ({
  noun: 'port',
  id: port.id,
  name: nameOf(port),
  networkId: port.networkId,
})

/** The instance of a port, or the port itself. */
export const endResource = (port: PortFacts): HopResource =>
  port.instance
    ? { noun: 'instance', id: port.instance.id, name: port.instance.name, networkId: null }
    : portResource(port)

/** What a router is called. */
export const routerName = (router: RouterFacts): string => router.name || `router ${router.id.slice(0, 8)}`

/** A router, for the page. */
export const routerResource = (router: RouterFacts): HopResource => ({
  noun: 'router',
  id: router.id,
  name: routerName(router),
  networkId: null,
})

/** What is sent, in words: "TCP to port 22 of 10.0.0.5". */
export const packetWords = ({ protocol, port, destination }: Packet): string =>
  protocol === 'icmp'
    ? `A ping of ${destination}`
    : `${protocol.toUpperCase()} to port ${port} of ${destination}`
