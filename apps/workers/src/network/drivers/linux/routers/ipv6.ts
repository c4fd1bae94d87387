import { versionOf } from '@nephos/core/ip'
import { runTool } from '../host-tools.ts'
import { enableIpv6 } from '../ipv6/settings.ts'
import type { RouterEnd } from './links.ts'
import { routerTable } from './table.ts'

/** The ends of a router that have an address of IPv6. */
export const endsWith6 = (ends: readonly RouterEnd[]): RouterEnd[] =>
  ends.filter(({ addresses }) => addresses.some((one) => versionOf(one) === 6))

/**
 * What makes a namespace a router of IPv6, by the interfaces that have it: it forwards, believes nobody's advertisements,
 * and says where it is. Nothing happens without such interfaces.
 */
export async function applySettings6(netns: string, ends: readonly RouterEnd[]): Promise<void> {
  const with6 = endsWith6(ends)
  if (with6.length === 0) return
  const settings = ['all/forwarding', 'all/ndisc_notify', 'default/ndisc_notify']
  const writes = settings.map((key) => `echo 1 >/proc/sys/net/ipv6/conf/${key}`)
  await runTool(['sh', '-c', `set -e; ${writes.join('; ')}`], { netns })
  await enableIpv6(
    netns,
    with6.map(({ inner }) => inner),
  )
}

/**
 * The table of IPv6, put in place of what is there in one step. Nothing is translated. No sender is believed whose
 * answer would go elsewhere; and what advertises the router's networks is asked for no addresses, which are given on
 * the networks themselves.
 */
export const routerTableText6 = `table ip6 ${routerTable}
delete table ip6 ${routerTable}
table ip6 ${routerTable} {
  chain prerouting {
    type filter hook prerouting priority -300; policy accept;
    ip6 saddr :: accept
    fib saddr . iif oif missing counter drop
  }
  chain input {
    type filter hook input priority 0; policy accept;
    udp dport 547 counter drop
  }
}
`
