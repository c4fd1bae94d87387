import { newId, type Subnet, type Tx } from '@nephos/db'
import { takeAddresses } from '../addresses/take.ts'
import { insertPorts } from './insert-ports.ts'
import { dhcpOwner } from './owners.ts'

/**
 * Gives the subnet an address for DHCP and metadata, on the network's one DHCP port, which is made when missing. The
 * network's row must be locked. This port is the cloud's own and counts in no quota.
 */
export async function ensureDhcpAddress(db: Tx, subnet: Subnet): Promise<void> {
  if (!subnet.enableDhcp) return
  const { networkId, projectId } = subnet
  const found = await db.port.findFirst({
    where: { networkId, deviceOwner: dhcpOwner },
    select: { id: true },
  })
  const portId = found?.id ?? newId()
  if (!found)
    await insertPorts(db, [
      {
        id: portId,
        networkId,
        projectId,
        deviceOwner: dhcpOwner,
        deviceId: `dhcp-${networkId}`,
        status: 'ACTIVE',
        portSecurity: false,
      },
    ])
  await takeAddresses(db, [{ portId, networkId }], [subnet])
}

/** Takes the DHCP address of a subnet away, and the DHCP port with its last one. The network's row must be locked. */
export async function releaseDhcpAddress(db: Tx, subnet: Pick<Subnet, 'id' | 'networkId'>): Promise<void> {
  const owner = { deviceOwner: dhcpOwner, networkId: subnet.networkId }
  await db.addressAllocation.deleteMany({ where: { subnetId: subnet.id, port: owner } })
  await db.port.deleteMany({ where: { ...owner, allocations: { none: {} } } })
}
