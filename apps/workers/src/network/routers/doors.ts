import type { NephosConfig } from '@nephos/config'
import { parseCidr } from '@nephos/core/addresses'
import { versionOf } from '@nephos/core/ip'
import type { DoorSpec } from '../driver.ts'
import { doorMac } from './door-mac.ts'

/** Which external networks have their door on a host. */
export interface DoorWishes {
  /** The machine itself is the neighbour of external networks without a physical network. */
  machine: boolean
  /** Interface of the machine, by physical network. */
  interfaces: ReadonlyMap<string, string>
  masquerade: boolean
}

/** No door at all. */
export const noDoors: DoorWishes = { machine: false, interfaces: new Map(), masquerade: false }

/**
 * What the configuration says about doors. The machine that other machines joined is the neighbour, in a lab by its
 * first host: two doors with one address would answer for each other.
 */
export const doorWishes = (
  config: Pick<NephosConfig, 'externalDoor' | 'externalInterfaces' | 'externalMasquerade' | 'controlUrl'>,
): DoorWishes => ({
  machine: config.externalDoor === 'auto' && !config.controlUrl,
  interfaces: new Map(config.externalInterfaces.map((pair) => pair.split('=') as [string, string])),
  masquerade: config.externalMasquerade,
})

/** What of a network decides whether it has a door. */
export interface DoorFacts {
  id: string
  external: boolean
  physicalNetwork: string | null
  vlanId: number | null
  subnets: { cidr: string; gatewayIp: string | null }[]
}

/** The door that a network has on a host with these wishes; null: none. */
export function doorOf(network: DoorFacts, { machine, interfaces, masquerade }: DoorWishes): DoorSpec | null {
  const { id, external, physicalNetwork, vlanId, subnets } = network
  const mac = doorMac(id)
  if (physicalNetwork !== null) {
    const name = interfaces.get(physicalNetwork)
    return name === undefined
      ? null
      : { interface: name, vlan: vlanId, addresses: [], mac, masquerade: false }
  }
  if (!external || !machine) return null
  const addresses = subnets.flatMap(({ cidr, gatewayIp }) =>
    gatewayIp && versionOf(gatewayIp) === 4 ? [`${gatewayIp}/${parseCidr(cidr)!.prefix}`] : [],
  )
  return { interface: null, addresses, mac, masquerade }
}
