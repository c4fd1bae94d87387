import { KeyedLock } from '../../../compute/drivers/keyed-lock.ts'
import type { NetworkSpec } from '../../driver.ts'
import { servedSubnets } from './dnsmasq.ts'
import { runNft } from './host-tools.ts'
import { target, targetElement } from './ipv6/guard6.ts'
import { metadataAddress6, servedSubnets6, speaksIpv6 } from './ipv6/served.ts'
import { metadataAddress, overlayName } from './names.ts'

/** Name of the table in family bridge. */
export const overlayTable = 'nephos_overlay'

/** What of a network must stay on its host. */
export interface HostOnly {
  device: string
  /** MAC of the listener for DHCP and metadata; the same on every host. */
  mac: string | null
  addresses: string[]
  addresses6: string[]
}

/** What of this network must stay on its host. */
export const hostOnlyOf = (network: NetworkSpec): HostOnly => {
  const served = servedSubnets(network)
  const served6 = servedSubnets6(network)
  const serves = served.length > 0 || served6.length > 0
  return {
    device: overlayName(network.segmentId),
    mac: serves ? network.dhcpMac : null,
    addresses: [...served.flatMap(({ dhcpIp }) => dhcpIp ?? []), ...(serves ? [metadataAddress] : [])],
    addresses6: [
      ...served6.map(({ dhcpIp }) => dhcpIp),
      ...(serves && speaksIpv6(network) ? [metadataAddress6] : []),
    ],
  }
}

/**
 * The whole table, put in place of what is there in one step. DHCP and metadata are on every host under the same
 * addresses: nothing from or for them may travel between hosts, or two would answer every guest.
 */
export function overlayTableText(networks: readonly HostOnly[]): string {
  const set = (name: string, type: string, elements: string[]) =>
    `  set ${name} {\n    ${type}${elements.length > 0 ? `\n    elements = { ${elements.join(', ')} }` : ''}\n  }`
  const served = networks.filter(({ addresses }) => addresses.length > 0)
  const macs = networks.flatMap(({ device, mac }) => (mac ? [`"${device}" . ${mac}`] : []))
  const addresses = networks.flatMap(({ device, addresses }) =>
    addresses.map((one) => `"${device}" . ${one}`),
  )
  const targets = networks.flatMap(({ device, addresses6 }) =>
    addresses6.map((one) => `"${device}" . ${targetElement(one)}`),
  )
  return `table bridge ${overlayTable}
delete table bridge ${overlayTable}
table bridge ${overlayTable} {
${set(
  'served',
  'type ifname',
  served.map(({ device }) => `"${device}"`),
)}
${set('macs', 'type ifname . ether_addr', macs)}
${set('addresses', 'type ifname . ipv4_addr', addresses)}
${set('asked', `typeof oifname . ${target}`, targets)}
${set('told', `typeof iifname . ${target}`, targets)}
  chain forward {
    type filter hook forward priority 0; policy accept;
    iifname "dh*" oifname "vx*" counter drop
    iifname "vx*" oifname "dh*" counter drop
    oifname "vx*" jump leaving
    iifname "vx*" jump arriving
  }
  chain leaving {
    oifname . ether daddr @macs counter drop
    ether type arp oifname . arp daddr ip @addresses counter drop
    icmpv6 type nd-neighbor-solicit oifname . ${target} @asked counter drop
    oifname @served udp dport { 67, 68, 546, 547 } counter drop
  }
  chain arriving {
    iifname . ether saddr @macs counter drop
    ether type arp iifname . arp saddr ip @addresses counter drop
    icmpv6 type nd-neighbor-advert iifname . ${target} @told counter drop
    iifname @served udp dport { 67, 68, 546, 547 } counter drop
  }
}
`
}

/** The rules of a host for its overlay, kept in step with the kernel. */
export class OverlayRules {
  readonly #netns: string
  readonly #lock = new KeyedLock()
  readonly #networks = new Map<string, HostOnly>()
  #applied = ''

  constructor(netns: string) {
    this.#netns = netns
  }

  /** Makes the rules of one network these; null: it is not on the overlay. */
  set(networkId: string, rules: HostOnly | null): Promise<void> {
    if (rules) this.#networks.set(networkId, rules)
    else if (!this.#networks.delete(networkId)) return Promise.resolve()
    return this.#apply(false)
  }

  /** Puts exactly these in place, whatever is there. */
  replace(networks: readonly [string, HostOnly][]): Promise<void> {
    this.#networks.clear()
    for (const [networkId, rules] of networks) this.#networks.set(networkId, rules)
    return this.#apply(true)
  }

  #apply(anyway: boolean): Promise<void> {
    return this.#lock.run(overlayTable, async () => {
      const text = overlayTableText([...this.#networks.values()])
      if (!anyway && text === this.#applied) return
      await runNft(this.#netns, text)
      this.#applied = text
    })
  }
}
