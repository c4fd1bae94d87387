import { tapName } from '@nephos/core'
import type { PortSpec } from '../../driver.ts'

/** Name of the table in family bridge. */
export const table = 'nephos'

/** What the sets of the table hold for one port. */
export interface PortRules {
  tap: string
  /** False: the port may send what it likes. */
  secured: boolean
  mac: string
  ips: string[]
}

/** The rules of a port. */
export const rulesOf = (port: PortSpec): PortRules => ({
  tap: tapName(port.portId),
  secured: port.portSecurity,
  mac: port.mac,
  ips: [...port.ips].sort(),
})

type SetName = 'open' | 'macs' | 'addresses'

function elementsOf({ tap, secured, mac, ips }: PortRules): [SetName, string][] {
  if (!secured) return [['open', `"${tap}"`]]
  return [
    ['macs', `"${tap}" . ${mac}`],
    ...ips.map((ip): [SetName, string] => ['addresses', `"${tap}" . ${mac} . ${ip}`]),
  ]
}

/**
 * The whole table, put in place of what is there in one step: a frame that a guest sends must carry the port's MAC,
 * and its ARP and IPv4 the port's addresses. Besides these only DHCP requests and ARP probes pass; answers of a DHCP
 * server, IPv6 and everything else are dropped. A tap that is in no set may send nothing.
 */
export function tableText(ports: readonly PortRules[]): string {
  const sets: Record<SetName, string[]> = { open: [], macs: [], addresses: [] }
  for (const port of ports) for (const [set, element] of elementsOf(port)) sets[set].push(element)
  const set = (name: SetName, type: string) => {
    const elements = sets[name].length > 0 ? `\n    elements = { ${sets[name].join(', ')} }` : ''
    return `  set ${name} {\n    type ${type}${elements}\n  }`
  }
  return `table bridge ${table}
delete table bridge ${table}
table bridge ${table} {
${set('open', 'ifname')}
${set('macs', 'ifname . ether_addr')}
${set('addresses', 'ifname . ether_addr . ipv4_addr')}
  chain prerouting {
    type filter hook prerouting priority -350; policy accept;
    iifname "tap*" iifname != @open jump guest
  }
  chain guest {
    iifname . ether saddr != @macs counter drop
    ether type arp arp saddr ip 0.0.0.0 iifname . arp saddr ether @macs accept
    ether type arp iifname . arp saddr ether . arp saddr ip @addresses accept
    ip saddr 0.0.0.0 ip daddr 255.255.255.255 udp sport 68 udp dport 67 accept
    udp sport 67 counter drop
    ether type ip iifname . ether saddr . ip saddr @addresses accept
    counter drop
  }
}
`
}

/** The difference between two states of a port, as one step; empty when there is none. */
export function changeText(before: PortRules | undefined, after: PortRules | undefined): string {
  const key = ([set, element]: [SetName, string]) => `${set} ${element}`
  const old = before ? elementsOf(before) : []
  const wanted = after ? elementsOf(after) : []
  const oldKeys = new Set(old.map(key))
  const wantedKeys = new Set(wanted.map(key))
  const command = (verb: 'add' | 'delete', [set, element]: [SetName, string]) =>
    `${verb} element bridge ${table} ${set} { ${element} }\n`
  return [
    ...old.filter((element) => !wantedKeys.has(key(element))).map((element) => command('delete', element)),
    ...wanted.filter((element) => !oldKeys.has(key(element))).map((element) => command('add', element)),
  ].join('')
}
