import { insertMissing, type Subnet, type Tx } from '@nephos/db'
import { conflict } from '../../kernel/index.ts'
import { formsAddresses } from '../subnets/kinds.ts'
import { slaacAddress } from './ipv6.ts'
import { type PoolSubnet, type TakenAddress, takeAddresses } from './take.ts'

/** What automatic addresses depend on. */
export type AddressedSubnet = PoolSubnet & Pick<Subnet, 'ipv6RaMode' | 'ipv6AddressMode'>

/** A port that gets the addresses that its network gives by itself. */
export interface AddressedPort {
  portId: string
  networkId: string
  macAddress: string
}

/**
 * Takes what ports get when nobody chooses, as Neutron has it: one IPv4 address, one of an IPv6 subnet with pools, and
 * one of every IPv6 subnet whose addresses are made of MACs. As many queries as there are such kinds in the networks,
 * for a whole batch.
 * @param subnets of the networks, in the order in which they are to be filled
 * @returns the addresses, those of one port with IPv4 first
 * @throws NephosError conflict naming the full subnet
 */
export async function takeDefaultAddresses(
  db: Tx,
  ports: readonly AddressedPort[],
  subnets: readonly AddressedSubnet[],
): Promise<TakenAddress[]> {
  const taken: TakenAddress[] = []
  for (const version of [4, 6]) {
    const pooled = subnets.filter((subnet) => subnet.ipVersion === version && !formsAddresses(subnet))
    const networks = new Set(pooled.map(({ networkId }) => networkId))
    const wishes = ports.filter(({ networkId }) => networks.has(networkId))
    if (wishes.length > 0) taken.push(...(await takeAddresses(db, wishes, pooled)))
  }
  return [...taken, ...(await takeFormedAddresses(db, ports, subnets))]
}

/**
 * Gives ports the addresses that are made of their MACs, on every subnet of their network that has such. One query.
 * @throws NephosError conflict when something else has one of them
 */
export async function takeFormedAddresses(
  db: Tx,
  ports: readonly AddressedPort[],
  subnets: readonly AddressedSubnet[],
): Promise<TakenAddress[]> {
  const rows = subnets.filter(formsAddresses).flatMap((subnet) =>
    ports
      .filter(({ networkId }) => networkId === subnet.networkId)
      .map(({ portId, networkId, macAddress }) => ({
        portId,
        networkId,
        subnetId: subnet.id,
        ipAddress: slaacAddress(subnet.cidr, macAddress),
      })),
  )
  rows.sort((a, b) => (a.networkId + a.ipAddress < b.networkId + b.ipAddress ? -1 : 1))
  if ((await insertMissing(db, { table: 'AddressAllocation', rows })) < rows.length)
    throw conflict('Another port has an address that was to be made of a MAC address of this network.', {
      remedy: 'Choose another MAC address, or leave it out.',
      detail: { reason: 'address_in_use' },
    })
  return rows.map(({ portId, subnetId, ipAddress }) => ({ portId, subnetId, ipAddress }))
}
