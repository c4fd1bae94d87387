import type { Subnet, Tx } from '@nephos/db'
import { invalid, NephosError } from '../../kernel/index.ts'
import { slaacAddress } from '../addresses/ipv6.ts'
import { takeAddresses } from '../addresses/take.ts'
import { takeDefaultAddresses } from '../addresses/take-default.ts'
import { formsAddresses } from '../subnets/kinds.ts'
import { type FixedIpWish, takeChosenAddress } from './fixed-ips.ts'

/** Refuses chosen addresses, for those who do not own the network. @throws NephosError forbidden naming the field */
export function refuseChoices(input: { fixedIps?: { ipAddress?: string }[]; macAddress?: string }): void {
  const index = input.fixedIps?.findIndex(({ ipAddress }) => ipAddress) ?? -1
  const field = input.macAddress ? 'macAddress' : index >= 0 ? `fixedIps.${index}.ipAddress` : undefined
  if (field)
    throw new NephosError('forbidden', 'On a shared network of another project addresses cannot be chosen.', {
      field,
      remedy: 'Leave the address out; a free one is taken.',
    })
}

/** A port that is to have addresses. */
export interface WishingPort {
  id: string
  networkId: string
  macAddress: string
}

/**
 * What a port that names addresses gets: those, and one of every subnet whose addresses are made of MACs, for its guest
 * gives them to itself. A port that wants none at all gets none.
 * @throws NephosError invalid_input for another address on such a subnet
 */
export function withFormed(
  { macAddress }: WishingPort,
  wishes: readonly FixedIpWish[],
  subnets: readonly Subnet[],
): FixedIpWish[] {
  wishes.forEach(({ subnet, ipAddress }, index) => {
    if (!ipAddress || !formsAddresses(subnet)) return
    const formed = slaacAddress(subnet.cidr, macAddress)
    if (ipAddress !== formed)
      throw invalid(
        `fixedIps.${index}.ipAddress`,
        `On ${subnet.cidr} guests make their address of their MAC, so ${ipAddress} cannot be chosen.`,
        `Leave it out; the address of ${macAddress} is ${formed}.`,
      )
  })
  if (wishes.length === 0) return []
  return [
    ...wishes.filter(({ subnet }) => !formsAddresses(subnet)),
    ...subnets
      .filter(formsAddresses)
      .map((subnet) => ({ subnet, ipAddress: slaacAddress(subnet.cidr, macAddress) })),
  ]
}

/**
 * Takes the addresses wished for; null: those that the network gives by itself.
 * @throws NephosError invalid_input, conflict
 */
export async function takeWishes(
  db: Tx,
  port: WishingPort,
  wishes: readonly FixedIpWish[] | null,
  subnets: readonly Subnet[],
): Promise<void> {
  const { id: portId, networkId, macAddress } = port
  if (wishes === null) {
    await takeDefaultAddresses(db, [{ portId, networkId, macAddress }], subnets)
    return
  }
  await takeChosen(db, port, withFormed(port, wishes, subnets))
}

/** Takes exactly these addresses. @throws NephosError conflict */
export async function takeChosen(db: Tx, port: WishingPort, wishes: readonly FixedIpWish[]): Promise<void> {
  const { id: portId, networkId } = port
  for (const { subnet, ipAddress } of wishes)
    if (ipAddress) await takeChosenAddress(db, port, subnet, ipAddress)
    else await takeAddresses(db, [{ portId, networkId }], [subnet])
}
