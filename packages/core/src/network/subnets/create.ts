import { z } from 'zod'
import { defineVerb, mutate, takeQuota } from '../../kernel/index.ts'
import { lockNetwork } from '../networks/access.ts'
import { announceNetwork } from '../networks/row.ts'
import { networkAudience } from '../networks/shares.ts'
import { giveFormedAddresses } from './formed-addresses.ts'
import { subnetFields } from './input.ts'
import { insertSubnet } from './insert.ts'
import { type SubnetRow, subnetRow } from './row.ts'

/**
 * Adds a subnet to a network of the project. Where guests make their addresses of their MACs, the ports that are there
 * get theirs.
 * @throws NephosError invalid_input naming the field, conflict, quota_exceeded
 */
export const createSubnet = defineVerb({
  name: 'network.subnets.create',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ networkId: z.string().min(1).max(64), ...subnetFields }),
  run: ({ ctx, input }): Promise<SubnetRow> =>
    mutate(ctx, async (tx) => {
      const network = await lockNetwork(ctx, tx.db, input.networkId)
      const subnet = await insertSubnet(tx.db, network, input)
      await giveFormedAddresses(tx, subnet)
      tx.audit({
        verb: 'network.subnets.create',
        resourceType: 'subnet',
        resourceId: subnet.id,
        resourceName: subnet.name || subnet.cidr,
        projectId: network.projectId,
        detail: { networkId: network.id, cidr: subnet.cidr },
      })
      const changed = await announceNetwork(tx, network.id, 'updated')
      const row = subnetRow(changed.subnets.find(({ id }) => id === subnet.id)!)
      tx.event({
        noun: 'subnet',
        change: 'created',
        id: subnet.id,
        audience: networkAudience(network),
        data: row,
      })
      await takeQuota(tx.db, network.projectId, { subnets: 1 })
      return row
    }),
})
