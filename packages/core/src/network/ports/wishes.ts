import type { Subnet, Tx } from '@nephos/db'
import { NephosError } from '../../kernel/index.ts'
import { takeAddresses } from '../addresses/take.ts'
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

/** Takes the addresses wished for; null: any one, if the network has a subnet. @throws NephosError conflict */
export async function takeWishes(
  db: Tx,
  port: { id: string; networkId: string },
  wishes: FixedIpWish[] | null,
  subnets: Subnet[],
): Promise<void> {
  const anyOf = { portId: port.id, networkId: port.networkId }
  if (wishes === null) {
    if (subnets.length > 0) await takeAddresses(db, [anyOf], subnets)
    return
  }
  for (const { subnet, ipAddress } of wishes)
    if (ipAddress) await takeChosenAddress(db, port, subnet, ipAddress)
    else await takeAddresses(db, [anyOf], [subnet])
}
