import type { Subnet } from '@nephos/db'
import type { Pool } from '../subnets/plan.ts'
import { formatAddress, parseAddress, type Range } from './ipv4.ts'
import { formatAddress6, parseAddress6 } from './ipv6.ts'

/** Where automatic addresses of a subnet come from, as ranges of numbers, and what each number stands for. */
export interface AddressSpace {
  ranges: Range[]
  format: (number: number) => string
  /** The number of an address; null for one that is in no pool. */
  parse: (address: string) => number | null
}

/** Of each IPv6 pool so many addresses are given out by themselves; the others can be chosen. */
const mostOfPool = 2n ** 32n

/** The space of a stored subnet. The numbers of IPv4 are its addresses, those of IPv6 count through the pools. */
export function spaceOf({ ipVersion, pools }: Pick<Subnet, 'ipVersion' | 'pools'>): AddressSpace {
  const stored = pools as unknown as Pool[]
  return ipVersion === 6
    ? space6(stored)
    : { ranges: ranges4(stored), format: formatAddress, parse: parseAddress }
}

const ranges4 = (pools: readonly Pool[]): Range[] =>
  pools.map(({ start, end }) => ({ first: parseAddress(start)!, last: parseAddress(end)! }))

function space6(pools: readonly Pool[]): AddressSpace {
  let next = 0
  const parts = pools.map(({ start, end }) => {
    const begin = parseAddress6(start)!
    const whole = parseAddress6(end)! - begin + 1n
    const size = Number(whole < mostOfPool ? whole : mostOfPool)
    const part = { begin, size, first: next }
    next += size
    return part
  })
  return {
    ranges: parts.map(({ first, size }) => ({ first, last: first + size - 1 })),
    format: (number) => {
      const part = parts.find(({ first, size }) => number < first + size)!
      return formatAddress6(part.begin + BigInt(number - part.first))
    },
    parse: (address) => {
      const number = parseAddress6(address)
      if (number === null) return null
      const part = parts.find(({ begin, size }) => begin <= number && number < begin + BigInt(size))
      return part ? part.first + Number(number - part.begin) : null
    },
  }
}
