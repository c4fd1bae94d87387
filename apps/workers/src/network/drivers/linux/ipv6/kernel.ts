import { existsSync } from 'node:fs'

let known: boolean | undefined

/** False on a kernel that was built or started without IPv6: there everything goes on without it. */
export function kernelHasIpv6(): boolean {
  known ??= existsSync('/proc/sys/net/ipv6')
  return known
}
