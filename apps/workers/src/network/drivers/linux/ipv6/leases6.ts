import { versionOf } from '@nephos/core/ip'
import type { LeaseSpec } from '../../../driver.ts'

/** The address of a line of a lease file when it is one of IPv6; undefined for any other line. */
const addressOf = (line: string): string | undefined => {
  const address = line.split(' ')[2]
  return address?.includes(':') && !line.startsWith('duid ') ? address : undefined
}

/** Who had which address of IPv6, from the file of reservations as it was: address → MAC. */
const holders = (hosts: string): Map<string, string> =>
  new Map(
    hosts.split('\n').flatMap((line) => {
      const address = /\[([^\]]+)\]/.exec(line)?.[1]
      return address ? [[address, line.split(',')[0]!] as [string, string]] : []
    }),
  )

/** True for a line of a lease file that is about IPv6: who leases is known there by something else than its MAC. */
export const isLine6 = (line: string): boolean => line.startsWith('duid ') || addressOf(line) !== undefined

/**
 * Whether a line about IPv6 still belongs to a reservation.
 * @param hosts the file of reservations that the lease was given by
 */
export function isCurrent6(leases: readonly LeaseSpec[], hosts: string): (line: string) => boolean {
  const own = leases.filter(({ ip }) => versionOf(ip) === 6)
  const wanted = new Map(own.map(({ ip, mac }) => [ip, mac]))
  const before = holders(hosts)
  return (line) => {
    const address = addressOf(line)
    if (address === undefined) return true
    return wanted.has(address) && before.get(address) === wanted.get(address)
  }
}

/** True when an address of a reservation is still leased to whoever had it before. */
export function hasConflict6(text: string, leases: readonly LeaseSpec[], hosts: string): boolean {
  const current = isCurrent6(leases, hosts)
  const reserved = new Set(leases.map(({ ip }) => ip))
  return text.split('\n').some((line) => line !== '' && reserved.has(addressOf(line) ?? '') && !current(line))
}
