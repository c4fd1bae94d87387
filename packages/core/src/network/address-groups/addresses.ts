import { z } from 'zod'
import { invalid } from '../../kernel/index.ts'
import { parsePrefix } from '../addresses/prefix.ts'

/** Most addresses and ranges of one group. */
export const mostAddresses = 500

/** Addresses and ranges of either family, as they are asked for. */
export const addressesField = z
  .array(z.string().trim().min(1, 'An address is missing.').max(64))
  .max(mostAddresses, `An address group has at most ${mostAddresses} addresses.`)

/** Brings addresses into their one form, each once. @throws NephosError invalid_input naming the first that is none */
export function planAddresses(addresses: readonly string[]): string[] {
  const cidrs = addresses.map((text, index) => {
    const prefix = parsePrefix(text)
    if (!prefix)
      throw invalid(
        `addresses.${index}`,
        `"${text}" is neither an address nor a range.`,
        'For example 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32.',
      )
    return prefix.cidr
  })
  return [...new Set(cidrs)]
}
