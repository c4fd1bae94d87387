import type { Tx } from '@nephos/db'
import { takeQuota } from '../../kernel/index.ts'
import { insertNetwork } from '../networks/insert.ts'
import { subnetInput } from '../subnets/input.ts'
import { insertSubnet } from '../subnets/insert.ts'

/** The external network that a new cloud begins with: routers have their gateway on it, floating IPs come from it. */
export async function insertExternalNetwork(db: Tx, projectId: string, cidr: string): Promise<void> {
  const network = await insertNetwork(db, {
    projectId,
    name: 'public',
    description: 'Gateways of routers and floating IPs',
    mtu: 1450,
    shared: false,
    external: true,
  })
  await insertSubnet(db, network, subnetInput.parse({ name: 'public', cidr, enableDhcp: false }))
  await takeQuota(db, projectId, { networks: 1, subnets: 1 })
}
