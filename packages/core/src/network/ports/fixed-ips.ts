import { insertMissing, type Subnet, type Tx } from '@nephos/db'
import { conflict, invalid } from '../../kernel/index.ts'
import { formatIp, formatIpRange, holds, type Ip, parseIp } from '../addresses/ip.ts'
import { formsAddresses } from '../subnets/kinds.ts'
import { subnetRange } from '../subnets/row.ts'

/** An address that a port is to have: a chosen one, or any of the subnet. */
export interface FixedIpWish {
  subnet: Subnet
  ipAddress?: string
}

/**
 * Checks the addresses asked for against the subnets of the network.
 * @returns null when nothing was asked for: any subnet will do
 * @throws NephosError invalid_input naming the entry
 */
export function planFixedIps(
  asked: readonly { subnetId?: string; ipAddress?: string }[] | undefined,
  subnets: readonly Subnet[],
): FixedIpWish[] | null {
  if (!asked) return null
  const wishes = asked.map(({ subnetId, ipAddress }, index): FixedIpWish => {
    const field = `fixedIps.${index}`
    const named = subnetId === undefined ? undefined : subnets.find(({ id }) => id === subnetId)
    if (subnetId !== undefined && !named)
      throw invalid(`${field}.subnetId`, `The network has no subnet ${subnetId}.`)
    if (ipAddress === undefined) {
      const subnet = named ?? subnets.find((one) => !formsAddresses(one)) ?? subnets[0]
      if (!subnet) throw invalid(field, 'The network has no subnet.', 'Add one first.')
      return { subnet }
    }
    const address = parseIp(ipAddress)
    if (!address) throw invalid(`${field}.ipAddress`, `"${ipAddress}" is not an IP address.`)
    const subnet = (named ? [named] : subnets).find((one) => holds(subnetRange(one), address))
    if (!subnet)
      throw invalid(
        `${field}.ipAddress`,
        `${ipAddress} is not in ${named ? `the subnet ${named.cidr}` : 'a subnet of the network'}.`,
      )
    requireUsable(subnet, address, `${field}.ipAddress`)
    return { subnet, ipAddress: formatIp(address) }
  })
  wishes.forEach(({ ipAddress }, index) => {
    if (ipAddress && wishes.findIndex((other) => other.ipAddress === ipAddress) !== index)
      throw invalid(`fixedIps.${index}.ipAddress`, `${ipAddress} is given twice.`, 'Name it once.')
  })
  return wishes
}

/** Takes one given address. @throws NephosError conflict when another port has it */
export async function takeChosenAddress(
  db: Tx,
  port: { id: string; networkId: string },
  subnet: Subnet,
  ipAddress: string,
): Promise<void> {
  const row = { subnetId: subnet.id, networkId: port.networkId, portId: port.id, ipAddress }
  if ((await insertMissing(db, { table: 'AddressAllocation', rows: [row] })) === 0)
    throw conflict(`The address ${ipAddress} is already in use on this network.`, {
      field: 'fixedIps',
      remedy: 'Choose another address, or leave it out to get a free one.',
    })
}

function requireUsable(subnet: Subnet, address: Ip, field: string): void {
  const range = subnetRange(subnet)
  const why =
    address.number === range.first
      ? 'the network address'
      : address.version === 4 && address.number === range.last
        ? 'the broadcast address'
        : formatIp(address) === subnet.gatewayIp
          ? 'the gateway'
          : undefined
  if (why)
    throw invalid(
      field,
      `${formatIp(address)} is ${why} of ${formatIpRange(range)} and cannot be a port's.`,
      'Choose another address.',
    )
}
