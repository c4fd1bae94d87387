import { isForeignKeyViolation } from '@nephos/db'
import { z } from 'zod'
import { conflict, defineVerb, mutate, notFound, reader, returnQuota } from '../../kernel/index.ts'
import { lockNetwork, visibleNetworks } from '../networks/access.ts'
import { announceNetwork } from '../networks/row.ts'
import { networkAudience } from '../networks/shares.ts'
import { releaseDhcpAddress } from '../ports/dhcp-port.ts'
import { describeUse, portsInUse } from '../ports/in-use.ts'
import { takeFormedAddressesBack } from './formed-addresses.ts'

/**
 * Removes a subnet whose addresses nobody uses but DHCP. Addresses that guests made of their MACs go with it.
 * @throws NephosError not_found, forbidden, or conflict naming how many ports of which instances use it
 */
export const deleteSubnet = defineVerb({
  name: 'network.subnets.delete',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.string().min(1).max(64) }),
  run: async ({ ctx, input }): Promise<{ id: string }> => {
    const found = await reader(ctx).subnet.findFirst({
      where: { id: input.id, network: visibleNetworks(ctx) },
      select: { networkId: true },
    })
    if (!found) throw notFound('subnet', input.id)
    try {
      return await mutate(ctx, async (tx) => {
        const network = await lockNetwork(ctx, tx.db, found.networkId)
        const subnet = await tx.db.subnet.findUnique({ where: { id: input.id } })
        if (!subnet) throw notFound('subnet', input.id)
        await takeFormedAddressesBack(tx, subnet)
        const use = await portsInUse(tx.db, { allocations: { some: { subnetId: subnet.id } } }, network.id)
        if (use.ports > 0)
          throw conflict(`The subnet ${subnet.cidr} is in use: ${describeUse(use)}.`, {
            remedy: 'Delete these instances and ports first, and take routers from it.',
            detail: { ...use },
          })
        await releaseDhcpAddress(tx.db, subnet)
        await tx.db.subnet.delete({ where: { id: subnet.id } })
        tx.audit({
          verb: 'network.subnets.delete',
          resourceType: 'subnet',
          resourceId: subnet.id,
          resourceName: subnet.name || subnet.cidr,
          projectId: network.projectId,
          detail: { networkId: network.id, cidr: subnet.cidr },
        })
        tx.event({
          noun: 'subnet',
          change: 'deleted',
          id: subnet.id,
          audience: networkAudience(network),
          data: null,
        })
        await announceNetwork(tx, network.id, 'updated')
        await returnQuota(tx.db, subnet.projectId, { subnets: 1 })
        return { id: subnet.id }
      })
    } catch (error) {
      if (!isForeignKeyViolation(error)) throw error
      throw conflict('An address of this subnet was taken at this moment.', { cause: error })
    }
  },
})
