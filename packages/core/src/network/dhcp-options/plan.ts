import { z } from 'zod'
import { invalid } from '../../kernel/index.ts'
import { parseAddress } from '../addresses/ipv4.ts'
import { knownDhcpOptions, nameOf, numberOf, refusalOf } from './table.ts'

/** Something that DHCP tells a port besides. */
export interface DhcpOption {
  /** As dnsmasq calls it, or its number. */
  name: string
  value: string
  ipVersion: 4
}

const mostOptions = 20
const longestValue = 255

/** The extra options of a port; they replace those that it had. */
export const dhcpOptionsField = z
  .array(
    z.object({
      /** Its name in dnsmasq, or its number. */
      name: z.string().trim().toLowerCase().min(1).max(64),
      value: z.string().trim().min(1, 'An option needs a value.').max(longestValue),
      ipVersion: z.literal(4).default(4),
    }),
  )
  .max(mostOptions, `A port has at most ${mostOptions} extra DHCP options.`)

/**
 * The options as they are kept: names in one form, values checked.
 * @throws NephosError invalid_input naming the option that is unknown, refused, named twice or has a wrong value
 */
export function planDhcpOptions(asked: z.output<typeof dhcpOptionsField>): DhcpOption[] {
  const seen = new Set<string>()
  return asked.map(({ name, value }, index) => {
    const field = `extraDhcpOptions.${index}`
    const refusal = refusalOf(name)
    if (refusal)
      throw invalid(`${field}.name`, `The option ${name} cannot be set. ${refusal.why}`, refusal.remedy)
    const number = numberOf(name)
    if (number === null || number > 255 || (number === 255 && name === '255'))
      throw invalid(
        `${field}.name`,
        `"${name}" is no DHCP option.`,
        'Give a name such as ntp-server, or a number from 1 to 254.',
      )
    const known = nameOf(name)
    if (seen.has(known))
      throw invalid(`${field}.name`, `The option ${known} stands there twice.`, 'Leave one out.')
    seen.add(known)
    const wrong = wrongValue(known, value)
    if (wrong) throw invalid(`${field}.value`, `${known}: ${wrong}`, 'Correct the value.')
    return { name: known, value: spaced(known, value), ipVersion: 4 }
  })
}

/** Lists without blanks, so that they are written in one form. */
const spaced = (name: string, value: string): string =>
  ['addresses', 'domains'].includes(knownDhcpOptions[name]?.kind ?? '') ? value.replaceAll(/\s/g, '') : value

const domain = /^(?=.{1,190}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i

function wrongValue(name: string, value: string): string | null {
  const known = knownDhcpOptions[name]
  const parts = value.split(',').map((part) => part.trim())
  switch (known?.kind) {
    case 'address':
      return parseAddress(value) === null ? 'its value is an IPv4 address.' : null
    case 'addresses':
      return parts.length > 8 || parts.some((part) => parseAddress(part) === null)
        ? 'its value is IPv4 addresses, at most 8, with commas between them.'
        : null
    case 'domains':
      return parts.some((part) => !domain.test(part))
        ? 'its value is domains, with commas between them.'
        : null
    case 'flag':
      return /^[01]$/.test(value) ? null : 'its value is 0 or 1.'
    case 'number': {
      const number = Number(value)
      return /^-?\d{1,6}$/.test(value) && number >= known.min! && number <= known.max!
        ? null
        : `its value is a number from ${known.min} to ${known.max}.`
    }
    default:
      // What ends a line or a text of dnsmasq's file must not be in it.
      return /^[\x20-\x7e]+$/.test(value) && !/["\\]/.test(value)
        ? null
        : 'its value is printable ASCII without quotation marks and backslashes.'
  }
}
