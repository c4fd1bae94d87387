import type { Tx } from '@nephos/db'
import { takeQuota } from '../../kernel/index.ts'
import { insertNetwork } from '../networks/insert.ts'
import { subnetInput } from '../subnets/input.ts'
import { insertSubnet } from '../subnets/insert.ts'

/** The network that a first project begins with, so that its first instance needs no preparation. */
export async function insertFirstNetwork(db: Tx, projectId: string): Promise<void> {
  const network = await insertNetwork(db, {
    projectId,
    name: 'private',
    description: 'The first network of this project',
    mtu: 1450,
    shared: false,
  })
  await insertSubnet(db, network, subnetInput.parse({ name: 'private', cidr: '10.0.0.0/24' }))
  await takeQuota(db, projectId, { networks: 1, subnets: 1 })
}
