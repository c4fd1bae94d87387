import type { NetworkSpec } from '../../driver.ts'
import { runIp } from './host-tools.ts'
import { dhcpInterface, type NetworkPaths } from './names.ts'

/** True for what may stand in a name of DNS: what a file of dnsmasq is told is never more than that. */
export const isLabel = (text: string): boolean => /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(text)

/** The domain of a network's names; empty for none. */
export const domainOf = ({ dnsDomain }: Pick<NetworkSpec, 'dnsDomain'>, configured: string): string =>
  dnsDomain || configured

/**
 * What makes a network's dnsmasq answer for its names, forward and reverse. Whatever else it is asked it asks
 * `forwarders`, or refuses where there are none. Guests do not name themselves: only our file counts.
 */
export const dnsArguments = (
  paths: NetworkPaths,
  domain: string,
  forwarders: readonly string[],
): string[] => [
  `--addn-hosts=${paths.names}`,
  '--dhcp-ignore-names',
  '--domain-needed',
  '--bogus-priv',
  ...(domain ? [`--local=/${domain}/`] : []),
  ...forwarders.map((server) => `--server=${server}`),
]

/**
 * Leads what a network's dnsmasq asks elsewhere to the network's gateway. Nothing happens where it asks nobody.
 * @param netns where it runs
 */
export async function ensureWayOut(
  { subnets }: Pick<NetworkSpec, 'subnets'>,
  netns: string,
  forwarders: readonly string[],
): Promise<void> {
  if (forwarders.length === 0) return
  const ways = subnets.filter(({ enableDhcp, dhcpIp, gatewayIp }) => enableDhcp && dhcpIp && gatewayIp)
  const gateways = (['.', ':'] as const).flatMap((mark) => {
    const family = ways.find(({ gatewayIp }) => gatewayIp!.includes(mark))
    return family
      ? [`${mark === ':' ? '-6 ' : ''}route replace default via ${family.gatewayIp} dev ${dhcpInterface}`]
      : []
  })
  await runIp(netns, gateways)
}

/** The names of a network, an address a line, in a steady order. The first of a line is what a reverse look-up gives. */
export function namesText({ names = [] }: Pick<NetworkSpec, 'names'>, domain: string): string {
  const valid = names.filter(({ name }) => isLabel(name))
  const lines = valid.flatMap(({ name, ips }) =>
    ips.map((ip) => (domain ? `${ip} ${name}.${domain} ${name}` : `${ip} ${name}`)),
  )
  return lines
    .sort()
    .map((line) => `${line}\n`)
    .join('')
}
