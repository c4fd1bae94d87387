import { z } from 'zod'
import { conflict, defineVerb, mutate, notFound, returnQuota } from '../../kernel/index.ts'
import { idField } from '../networks/input.ts'
import { dhcpOwner } from './owners.ts'
import { announcePort, visiblePorts } from './row.ts'

/**
 * Deletes a port that is no instance's; its addresses are free at once.
 * @throws NephosError not_found, or conflict when an instance or DHCP uses it
 */
export const deletePort = defineVerb({
  name: 'network.ports.delete',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: idField }),
  run: ({ ctx, input }): Promise<{ id: string }> =>
    mutate(ctx, async (tx) => {
      const port = await tx.db.port.findFirst({
        where: { AND: [{ id: input.id }, visiblePorts(ctx)] },
        include: { instance: { select: { name: true } } },
      })
      if (!port) throw notFound('port', input.id)
      if (port.deviceOwner === dhcpOwner)
        throw conflict('This port serves DHCP and metadata to its network; it goes with the network.')
      if (port.instanceId)
        throw conflict(`The port belongs to the instance ${port.instance?.name ?? port.instanceId}.`, {
          remedy: 'It is removed with the instance.',
          detail: { instanceId: port.instanceId },
        })
      const { count } = await tx.db.port.deleteMany({
        where: { id: port.id, instanceId: null, generation: port.generation },
      })
      if (count === 0) throw conflict('The port was changed at the same moment.', { remedy: 'Try again.' })
      tx.audit({
        verb: 'network.ports.delete',
        resourceType: 'port',
        resourceId: port.id,
        resourceName: port.name || port.macAddress,
        projectId: port.projectId,
        detail: { networkId: port.networkId },
      })
      announcePort(tx, 'deleted', port, null)
      await returnQuota(tx.db, port.projectId, { ports: 1 })
      return { id: port.id }
    }),
})
