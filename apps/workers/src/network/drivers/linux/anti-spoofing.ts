import { tapName } from '@nephos/core'
import { versionOf } from '@nephos/core/ip'
import type { PortSpec } from '../../driver.ts'
import { guestLines6, isPair6, linkLocalOf, pairLines6, targetElement, targetsType } from './ipv6/guard6.ts'

/** Name of the table in family bridge. */
export const table = 'nephos'

/** What the sets of the table hold for one port. */
export interface PortRules {
  tap: string
  /** False: the port may send what it likes. */
  secured: boolean
  mac: string
  /** Of IPv4. */
  ips: string[]
  /** Of IPv6, with the one that is link-local. */
  ips6: string[]
  /** What it may send besides: addresses or ranges, each with its MAC. */
  pairs: { mac: string; cidr: string }[]
}

/** The rules of a port. */
export const rulesOf = (port: PortSpec): PortRules => ({
  tap: tapName(port.portId),
  secured: port.portSecurity,
  mac: port.mac,
  ips: port.ips.filter((ip) => versionOf(ip) === 4).sort(),
  ips6: [...port.ips.filter((ip) => versionOf(ip) === 6).sort(), linkLocalOf(port.mac)],
  pairs: port.allowedPairs ?? [],
})

type SetName = 'open' | 'macs' | 'addresses' | 'addresses6' | 'targets'

function elementsOf({ tap, secured, mac, ips, ips6 }: PortRules): [SetName, string][] {
  if (!secured) return [['open', `"${tap}"`]]
  return [
    ['macs', `"${tap}" . ${mac}`],
    ...ips.map((ip): [SetName, string] => ['addresses', `"${tap}" . ${mac} . ${ip}`]),
    ...ips6.flatMap((ip): [SetName, string][] => [
      ['addresses6', `"${tap}" . ${mac} . ${ip}`],
      ['targets', `"${tap}" . ${mac} . ${targetElement(ip)}`],
    ]),
  ]
}

const pairChain = (tap: string) => `pairs_${tap}`

/** The rules of what a port may send besides its own; null where that is nothing. */
const pairLines = ({ secured, pairs }: PortRules): string[] | null =>
  secured && pairs.length > 0
    ? [
        'udp sport { 67, 547 } return',
        ...pairLines6(pairs.filter(isPair6)),
        ...pairs
          .filter((pair) => !isPair6(pair))
          .flatMap(({ mac, cidr }) => [
            `ether saddr ${mac} ip saddr ${cidr} accept`,
            `ether saddr ${mac} ether type arp arp saddr ether ${mac} arp saddr ip ${cidr} accept`,
          ]),
      ]
    : null

/**
 * The whole table, put in place of what is there in one step: a frame that a guest sends must carry the port's MAC,
 * and its ARP, IPv4 and IPv6 the port's addresses, or one of the pairs that it is allowed. Besides these only DHCP requests and ARP probes pass, and their
 * like of IPv6; answers of a DHCP server and everything else are dropped. A tap that is in no set may send nothing.
 */
export function tableText(ports: readonly PortRules[]): string {
  const sets: Record<SetName, string[]> = { open: [], macs: [], addresses: [], addresses6: [], targets: [] }
  for (const port of ports) for (const [set, element] of elementsOf(port)) sets[set].push(element)
  const paired = ports.flatMap((port) => {
    const lines = pairLines(port)
    return lines ? [{ chain: pairChain(port.tap), tap: port.tap, lines }] : []
  })
  const set = (name: SetName, type: string) => {
    const elements = sets[name].length > 0 ? `\n    elements = { ${sets[name].join(', ')} }` : ''
    return `  set ${name} {\n    ${type}${elements}\n  }`
  }
  return `table bridge ${table}
delete table bridge ${table}
table bridge ${table} {
${set('open', 'type ifname')}
${set('macs', 'type ifname . ether_addr')}
${set('addresses', 'type ifname . ether_addr . ipv4_addr')}
${set('addresses6', 'type ifname . ether_addr . ipv6_addr')}
${set('targets', targetsType)}
${paired.map(({ chain, lines }) => `  chain ${chain} {\n${lines.map((line) => `    ${line}\n`).join('')}  }\n`).join('')}  map pairs {
    type ifname : verdict${paired.length > 0 ? `\n    elements = { ${paired.map(({ chain, tap }) => `"${tap}" : jump ${chain}`).join(', ')} }` : ''}
  }
  chain prerouting {
    type filter hook prerouting priority -350; policy accept;
    iifname "tap*" iifname != @open jump guest
  }
  chain guest6 {
${guestLines6.map((line) => `    ${line}\n`).join('')}  }
  chain guest {
    iifname vmap @pairs
    iifname . ether saddr != @macs counter drop
    ether type arp arp saddr ip 0.0.0.0 iifname . arp saddr ether @macs accept
    ether type arp iifname . arp saddr ether . arp saddr ip @addresses accept
    ip saddr 0.0.0.0 ip daddr 255.255.255.255 udp sport 68 udp dport 67 accept
    udp sport 67 counter drop
    ether type ip iifname . ether saddr . ip saddr @addresses accept
    ether type ip6 goto guest6
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
    pairsChange(before, after),
  ].join('')
}

function pairsChange(before: PortRules | undefined, after: PortRules | undefined): string {
  const old = before ? pairLines(before) : null
  const wanted = after ? pairLines(after) : null
  if (old?.join() === wanted?.join()) return ''
  const { tap } = (after ?? before)!
  const chain = `bridge ${table} ${pairChain(tap)}`
  const element = `element bridge ${table} pairs { "${tap}"`
  if (!wanted) return `delete ${element} }\nflush chain ${chain}\ndelete chain ${chain}\n`
  const rules = wanted.map((line) => `add rule ${chain} ${line}\n`).join('')
  const hang = old ? '' : `add ${element} : jump ${pairChain(tap)} }\n`
  return `add chain ${chain}\nflush chain ${chain}\n${rules}${hang}`
}
