import { z } from 'zod'
import { conflict, defineVerb, mutate } from '../../kernel/index.ts'
import { describeUse, portsInUse } from '../ports/in-use.ts'
import { lockNetwork } from './access.ts'
import { idField } from './input.ts'
import { announceNetwork } from './row.ts'

/**
 * Starts the removal of a network that no port but the one of DHCP is on: first from its hosts, then from the
 * database. From now on it takes no new port.
 * @throws NephosError not_found, forbidden, or conflict naming how many ports of which instances are on it
 */
export const deleteNetwork = defineVerb({
  name: 'network.networks.delete',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: idField }),
  run: ({ ctx, input }): Promise<{ operationId: string }> =>
    mutate(ctx, async (tx) => {
      const network = await lockNetwork(ctx, tx.db, input.id)
      const use = await portsInUse(tx.db, {}, network.id)
      if (use.ports > 0)
        throw conflict(`The network ${network.name} is in use: ${describeUse(use)}.`, {
          remedy:
            'Delete these instances and ports first, take routers from it and release its floating IPs.',
          detail: { ...use },
        })
      await tx.db.network.updateMany({
        where: { id: network.id, generation: network.generation },
        data: { deleting: true },
      })
      const operationId = tx.operation({
        kind: 'network-delete',
        projectId: network.projectId,
        resourceType: 'network',
        resourceId: network.id,
        resourceName: network.name,
      })
      tx.audit({
        verb: 'network.networks.delete',
        resourceType: 'network',
        resourceId: network.id,
        resourceName: network.name,
        projectId: network.projectId,
      })
      tx.job('network.delete', { operationId, networkId: network.id })
      await announceNetwork(tx, network.id, 'updated')
      return { operationId }
    }),
})
