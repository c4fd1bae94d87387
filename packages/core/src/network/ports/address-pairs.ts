import { z } from 'zod'
import { invalid } from '../../kernel/index.ts'
import { formatIp, formatIpRange, parseIp, parseIpRange } from '../addresses/ip.ts'
import { normaliseMac } from '../addresses/mac.ts'

/** An address or range that a port may send from besides its own, with the MAC that goes with it. */
export interface AddressPair {
  ipAddress: string
  macAddress: string
}

/** Address pairs as they are asked for; {@link planAddressPairs} checks what they mean. */
export const addressPairsField = z
  .array(
    z.object({
      /** `10.0.0.9` or `10.0.0.0/28`, of either kind */
      ipAddress: z.string().trim().min(1).max(64),
      /** Absent: the port's own. */
      macAddress: z.string().trim().max(64).optional(),
    }),
  )
  .max(10, 'A port has at most 10 allowed address pairs.')

/**
 * Checks address pairs and fills the port's own MAC in.
 * @throws NephosError invalid_input naming the entry
 */
export function planAddressPairs(asked: z.output<typeof addressPairsField>, ownMac: string): AddressPair[] {
  const planned = asked.map(({ ipAddress, macAddress }, index): AddressPair => {
    const field = `allowedAddressPairs.${index}`
    const mac = macAddress === undefined ? ownMac : normaliseMac(macAddress)
    if (!mac)
      throw invalid(
        `${field}.macAddress`,
        `"${macAddress}" is not the MAC address of an interface.`,
        "Write six hexadecimal bytes, or leave it out for the port's own.",
      )
    const address = parseIp(ipAddress)
    if (address) return { ipAddress: formatIp(address), macAddress: mac }
    const range = parseIpRange(ipAddress)
    if (!range)
      throw invalid(
        `${field}.ipAddress`,
        `"${ipAddress}" is neither an IP address nor a range such as 10.0.0.0/28 or fd00::/64.`,
      )
    if (range.given !== range.first)
      throw invalid(
        `${field}.ipAddress`,
        `In ${ipAddress} bits after the prefix are set.`,
        `Use ${formatIpRange(range)}.`,
      )
    return { ipAddress: formatIpRange(range), macAddress: mac }
  })
  planned.forEach((pair, index) => {
    const same = (other: AddressPair) =>
      other.ipAddress === pair.ipAddress && other.macAddress === pair.macAddress
    if (planned.findIndex(same) !== index)
      throw invalid(`allowedAddressPairs.${index}`, `${pair.ipAddress} is given twice.`, 'Name it once.')
  })
  return planned
}
