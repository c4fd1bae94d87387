import { randomUUID as newId } from 'node:crypto'
import type { NetworkDriver, NetworkSpec, PortSpec, RouterPortSpec, RouterSpec } from '../driver.ts'
import { type FakeGuest, plugGuest } from './fake-guest.ts'

let macs = 0
/** A MAC that no other port of this process has. */
export const newMac = (): string => {
  macs += 1
  const [high, low] = [macs >> 8, macs & 255].map((byte) => byte.toString(16).padStart(2, '0'))
  return `fa:16:3e:10:${high}:${low}`
}

/** A network without DHCP. */
export const plainNetwork = (segmentId: number, fields: Partial<NetworkSpec> = {}): NetworkSpec => ({
  networkId: newId(),
  segmentId,
  mtu: 1450,
  adminStateUp: true,
  dhcpMac: null,
  subnets: [],
  leases: [],
  ports: [],
  overlay: null,
  ...fields,
})

/** A port of a router on a network. */
export const routerPort = (
  { networkId, segmentId, mtu }: NetworkSpec,
  ...addresses: string[]
): RouterPortSpec => ({ portId: newId(), networkId, segmentId, mtu, mac: newMac(), addresses, up: true })

/** A router without anything. */
export const router = (fields: Partial<RouterSpec> = {}): RouterSpec => ({
  routerId: newId(),
  interfaces: [],
  gateway: null,
  routes: [],
  floatingIps: [],
  forwardings: [],
  ...fields,
})

/** A guest with an address of its own on a network that the driver has, and its default route. */
export async function guestOn(
  driver: NetworkDriver,
  hostNetns: string,
  network: NetworkSpec,
  address: string,
  gateway: string | null,
): Promise<FakeGuest & { address: string }> {
  const [ip] = address.split('/') as [string]
  const port: PortSpec = {
    portId: newId(),
    networkId: network.networkId,
    mac: newMac(),
    ips: [ip],
    portSecurity: true,
    adminStateUp: true,
  }
  network.ports = [...network.ports, port]
  const guest = await plugGuest(hostNetns, port.portId, port.mac)
  await driver.ensurePort(port, network.mtu)
  await guest.exec('ip', 'link', 'set', 'dev', 'eth0', 'mtu', String(network.mtu))
  await guest.exec('ip', 'addr', 'add', address, 'brd', '+', 'dev', 'eth0')
  if (gateway) await guest.exec('ip', 'route', 'add', 'default', 'via', gateway)
  return { ...guest, address: ip }
}
