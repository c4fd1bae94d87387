import { insertMissing, newId, type Subnet, type Tx } from '@nephos/db'
import { type AddressWish, takeAddresses } from '../addresses/take.ts'
import { takeFormedAddresses } from '../addresses/take-default.ts'
import { formsAddresses, isServed } from '../subnets/kinds.ts'
import type { Pool } from '../subnets/plan.ts'
import { insertPorts } from './insert-ports.ts'
import { dhcpOwner } from './owners.ts'

/**
 * Gives a subnet that the cloud serves an address for DHCP and metadata, on the network's one DHCP port, which is made when missing. The
 * network's row must be locked. This port is the cloud's own and counts in no quota.
 */
export async function ensureDhcpAddress(db: Tx, subnet: Subnet): Promise<void> {
  if (!isServed(subnet)) return
  const { networkId } = subnet
  const found = await db.port.findFirst({
    where: { networkId, deviceOwner: dhcpOwner },
    select: { id: true, macAddress: true },
  })
  const { id: portId, macAddress } = found ?? (await insertDhcpPort(db, subnet))
  if (formsAddresses(subnet)) await takeFormedAddresses(db, [{ portId, networkId, macAddress }], [subnet])
  else await takeFirstAddress(db, { portId, networkId }, subnet)
}

/** The first address of the pool, so that nobody who chooses an address meets it by chance; any when that is taken. */
async function takeFirstAddress(db: Tx, wish: AddressWish, subnet: Subnet): Promise<void> {
  const first = (subnet.pools as unknown as Pool[])[0]?.start
  const rows = first === undefined ? [] : [{ ...wish, subnetId: subnet.id, ipAddress: first }]
  if ((await insertMissing(db, { table: 'AddressAllocation', rows })) === 0)
    await takeAddresses(db, [wish], [subnet])
}

async function insertDhcpPort(
  db: Tx,
  { networkId, projectId }: Subnet,
): Promise<{ id: string; macAddress: string }> {
  const id = newId()
  const [port] = await insertPorts(db, [
    {
      id,
      networkId,
      projectId,
      deviceOwner: dhcpOwner,
      deviceId: `dhcp-${networkId}`,
      status: 'ACTIVE',
      portSecurity: false,
    },
  ])
  return { id, macAddress: port!.macAddress }
}

/** Takes the DHCP address of a subnet away, and the DHCP port with its last one. The network's row must be locked. */
export async function releaseDhcpAddress(db: Tx, subnet: Pick<Subnet, 'id' | 'networkId'>): Promise<void> {
  const owner = { deviceOwner: dhcpOwner, networkId: subnet.networkId }
  await db.addressAllocation.deleteMany({ where: { subnetId: subnet.id, port: owner } })
  await db.port.deleteMany({ where: { ...owner, allocations: { none: {} } } })
}
