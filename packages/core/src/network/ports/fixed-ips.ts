import { insertMissing, type Subnet, type Tx } from '@nephos/db'
import { conflict, invalid } from '../../kernel/index.ts'
import { contains, formatAddress, formatCidr, parseAddress } from '../addresses/ipv4.ts'
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
      const subnet = named ?? subnets[0]
      if (!subnet) throw invalid(field, 'The network has no subnet.', 'Add one first.')
      return { subnet }
    }
    const address = parseAddress(ipAddress)
    if (address === null) throw invalid(`${field}.ipAddress`, `"${ipAddress}" is not an IPv4 address.`)
    const subnet = (named ? [named] : subnets).find((one) => contains(subnetRange(one), address))
    if (!subnet)
      throw invalid(
        `${field}.ipAddress`,
        `${ipAddress} is not in ${named ? `the subnet ${named.cidr}` : 'a subnet of the network'}.`,
      )
    requireUsable(subnet, address, `${field}.ipAddress`)
    return { subnet, ipAddress: formatAddress(address) }
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

function requireUsable(subnet: Subnet, address: number, field: string): void {
  const range = subnetRange(subnet)
  const why =
    address === range.first
      ? 'the network address'
      : address === range.last
        ? 'the broadcast address'
        : formatAddress(address) === subnet.gatewayIp
          ? 'the gateway'
          : undefined
  if (why)
    throw invalid(
      field,
      `${formatAddress(address)} is ${why} of ${formatCidr(range)} and cannot be a port's.`,
      'Choose another address.',
    )
}
