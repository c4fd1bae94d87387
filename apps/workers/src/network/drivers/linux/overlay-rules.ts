import { KeyedLock } from '../../../compute/drivers/keyed-lock.ts'
import type { NetworkSpec } from '../../driver.ts'
import { servedSubnets } from './dnsmasq.ts'
import { runNft } from './host-tools.ts'
import { metadataAddress, overlayName } from './names.ts'

/** Name of the table in family bridge. */
export const overlayTable = 'nephos_overlay'

/** What of a network must stay on its host. */
export interface HostOnly {
  device: string
  /** MAC of the listener for DHCP and metadata; the same on every host. */
  mac: string | null
  addresses: string[]
}

/** What of this network must stay on its host. */
export const hostOnlyOf = (network: NetworkSpec): HostOnly => {
  const served = servedSubnets(network)
  return {
    device: overlayName(network.segmentId),
    mac: served.length > 0 ? network.dhcpMac : null,
    addresses: [
      ...served.flatMap(({ dhcpIp }) => dhcpIp ?? []),
      ...(served.length > 0 ? [metadataAddress] : []),
    ],
  }
}

/**
 * The whole table, put in place of what is there in one step. DHCP and metadata are on every host under the same
 * addresses: nothing from or for them may travel between hosts, or two would answer every guest.
 */
export function overlayTableText(networks: readonly HostOnly[]): string {
  const set = (name: string, type: string, elements: string[]) =>
    `  set ${name} {\n    type ${type}${elements.length > 0 ? `\n    elements = { ${elements.join(', ')} }` : ''}\n  }`
  const served = networks.filter(({ addresses }) => addresses.length > 0)
  const macs = networks.flatMap(({ device, mac }) => (mac ? [`"${device}" . ${mac}`] : []))
  const addresses = networks.flatMap(({ device, addresses }) =>
    addresses.map((one) => `"${device}" . ${one}`),
  )
  return `table bridge ${overlayTable}
delete table bridge ${overlayTable}
table bridge ${overlayTable} {
${set(
  'served',
  'ifname',
  served.map(({ device }) => `"${device}"`),
)}
${set('macs', 'ifname . ether_addr', macs)}
${set('addresses', 'ifname . ipv4_addr', addresses)}
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
    oifname @served udp dport { 67, 68 } counter drop
  }
  chain arriving {
    iifname . ether saddr @macs counter drop
    ether type arp iifname . arp saddr ip @addresses counter drop
    iifname @served udp dport { 67, 68 } counter drop
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
