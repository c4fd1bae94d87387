import { versionOf } from '@nephos/core/ip'
import type { RouterSpec } from '../../../driver.ts'
import { gatewayName } from './names.ts'

/** Name of the table in family ip, in the router's namespace. */
export const routerTable = 'nephos'

/** Set on what came in by the gateway: it is not given the gateway's address. */
const fromGateway = '0x1'

/** The elements of the table's maps: what changes with a floating IP or a forwarding. */
export interface Translations {
  /** Floating address → address inside. */
  floating: ReadonlyMap<string, string>
  /** `address . protocol . port` → `address . port`. */
  forwardings: ReadonlyMap<string, string>
}

/** The translations of a router. */
export const translationsOf = ({ floatingIps, forwardings }: RouterSpec): Translations => ({
  floating: new Map(floatingIps.map(({ address, fixedIp }) => [address, fixedIp])),
  forwardings: new Map(
    forwardings.map(({ address, protocol, port, toAddress, toPort }) => [
      `${address} . ${protocol} . ${port}`,
      `${toAddress} . ${toPort}`,
    ]),
  ),
})

/** First IPv4 address of the router's gateway, without its length. */
export const gatewayAddress = ({ gateway }: RouterSpec): string | null =>
  gateway?.addresses.find((one) => versionOf(one) === 4)?.split('/')[0] ?? null

type MapName = 'floating_in' | 'floating_out' | 'forwardings'
type Element = [map: MapName, key: string, value: string]

const elementsOf = ({ floating, forwardings }: Translations): Element[] => [
  ...[...floating].map(([address, fixedIp]): Element => ['floating_in', address, fixedIp]),
  ...[...floating].map(([address, fixedIp]): Element => ['floating_out', fixedIp, address]),
  ...[...forwardings].map(([key, value]): Element => ['forwardings', key, value]),
]

/**
 * The whole table, put in place of what is there in one step. What comes for a floating IP goes on to the address
 * inside; what leaves by the gateway does so under the floating IP of its sender, else under the gateway's own address.
 * A guest that calls a floating IP of its own router is seen under an outside address, too: otherwise the answer would
 * not come back this way. Where addresses are translated, nobody outside opens a connection to one that is inside.
 */
export function routerTableText(spec: RouterSpec): string {
  const elements = elementsOf(translationsOf(spec))
  const map = (name: MapName, type: string) => {
    const own = elements.filter((one) => one[0] === name).map(([, key, value]) => `${key} : ${value}`)
    return `  map ${name} {\n    type ${type}${own.length > 0 ? `\n    elements = { ${own.join(', ')} }` : ''}\n  }\n`
  }
  return `table ip ${routerTable}
delete table ip ${routerTable}
table ip ${routerTable} {
${map('floating_in', 'ipv4_addr : ipv4_addr')}${map('floating_out', 'ipv4_addr : ipv4_addr')}${map(
  'forwardings',
  'ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service',
)}${spec.gateway ? chains(gatewayName(spec.gateway.portId), gatewayAddress(spec), spec.gateway.snat) : ''}}
`
}

const chains = (gateway: string, address: string | null, snat: boolean): string => `  chain arriving {
    type filter hook prerouting priority -150; policy accept;
    iifname "${gateway}" meta mark set meta mark | ${fromGateway}
  }
  chain prerouting {
    type nat hook prerouting priority dstnat; policy accept;
    dnat to ip daddr map @floating_in
    meta l4proto { tcp, udp } dnat ip to ip daddr . ip protocol . th dport map @forwardings
  }
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    meta mark & ${fromGateway} == ${fromGateway} accept
    oifname "${gateway}" snat to ip saddr map @floating_out
${snat && address ? `    oifname "${gateway}" snat to ${address}\n` : ''}    ct status dnat snat to ip saddr map @floating_out
${address ? `    ct status dnat snat to ${address}\n` : ''}  }
${
  snat
    ? `  chain forward {
    type filter hook forward priority 0; policy accept;
    iifname "${gateway}" ct state new ct status & dnat == 0 counter drop
  }
`
    : ''
}`

/** The difference between two states of the maps, as one step; empty when there is none. */
export function translationChange(before: Translations, after: Translations): string {
  const name = ([map, key, value]: Element) => `${map} { ${key} : ${value} }`
  const [old, wanted] = [elementsOf(before).map(name), elementsOf(after).map(name)]
  const [oldNames, wantedNames] = [new Set(old), new Set(wanted)]
  const command = (verb: 'add' | 'delete', element: string) =>
    `${verb} element ip ${routerTable} ${element}\n`
  return [
    ...old.filter((element) => !wantedNames.has(element)).map((element) => command('delete', element)),
    ...wanted.filter((element) => !oldNames.has(element)).map((element) => command('add', element)),
  ].join('')
}
