import { isTextOption } from '@nephos/core'
import type { LeaseSpec, NetworkSpec } from '../../driver.ts'

/** The tag of a reservation whose guest is told more than others; null for one that is not. */
export const tagOf = ({ mac, options = [] }: LeaseSpec): string | null =>
  options.length > 0 ? `p${mac.replaceAll(':', '')}` : null

/** What single guests are told, a line each: before what their subnet says, for dnsmasq prefers tags of reservations. */
export function portOptionsText({ leases }: Pick<NetworkSpec, 'leases'>): string {
  const lines = leases.flatMap((lease) => {
    const tag = tagOf(lease)
    return (lease.options ?? []).map(({ name, value }) => {
      const option = /^\d+$/.test(name) ? name : `option:${name}`
      return `tag:${tag},${option},${isTextOption(name) ? `"${value}"` : value}\n`
    })
  })
  return [...new Set(lines)].sort().join('')
}
