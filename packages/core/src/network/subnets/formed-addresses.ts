import type { Prisma, Subnet } from '@nephos/db'
import { announceInstances } from '../../compute/instances/changed.ts'
import { conflict, type MutationTx } from '../../kernel/index.ts'
import { takeFormedAddresses } from '../addresses/take-default.ts'
import { serviceOwners } from '../ports/owners.ts'
import { announcePort, portParts, portRow } from '../ports/row.ts'
import { formsAddresses } from './kinds.ts'

/** Most ports that get an address of a new subnet at once. */
const mostPorts = 2_000

/** Ports of people and instances: routers and the cloud's own have what they need. */
const ordinary = { deviceOwner: { notIn: [...serviceOwners] } } as const satisfies Prisma.PortWhereInput

/**
 * Gives the ports that a network has already their address of a new subnet whose guests make it of their MAC. The
 * network's row must be locked.
 * @throws NephosError conflict on a network with too many ports
 */
export async function giveFormedAddresses(tx: MutationTx, subnet: Subnet): Promise<void> {
  if (!formsAddresses(subnet)) return
  const { networkId } = subnet
  const ports = await tx.db.port.findMany({
    where: { networkId, ...ordinary },
    select: { id: true, macAddress: true },
    take: mostPorts + 1,
  })
  if (ports.length > mostPorts)
    throw conflict(`The network has more than ${mostPorts} ports, and each would get an address at once.`, {
      field: 'ipv6AddressMode',
      remedy: 'Use the mode dhcpv6-stateful, whose addresses ports ask for, or a new network.',
    })
  await takeFormedAddresses(
    tx.db,
    ports.map(({ id, macAddress }) => ({ portId: id, networkId, macAddress })),
    [subnet],
  )
  await announceReaddressed(
    tx,
    ports.map(({ id }) => id),
  )
}

/**
 * Takes such addresses from the ports of a subnet that is to go; a router on it stays, and is in the way. The network's
 * row must be locked.
 */
export async function takeFormedAddressesBack(tx: MutationTx, subnet: Subnet): Promise<void> {
  if (!formsAddresses(subnet)) return
  const held = { subnetId: subnet.id, port: ordinary }
  const ports = await tx.db.addressAllocation.findMany({ where: held, select: { portId: true } })
  await tx.db.addressAllocation.deleteMany({ where: held })
  await announceReaddressed(
    tx,
    ports.map(({ portId }) => portId),
  )
}

async function announceReaddressed(tx: MutationTx, ids: string[]): Promise<void> {
  if (ids.length === 0) return
  const where = { id: { in: ids } }
  await tx.db.port.updateMany({ where, data: { generation: { increment: 1 } } })
  const ports = await tx.db.port.findMany({ where, include: portParts, orderBy: { id: 'asc' } })
  for (const port of ports) announcePort(tx, 'updated', port, portRow(port))
  await announceInstances(tx, { ports: { some: where } })
}
