import { z } from 'zod'
import { beginDetach } from '../../compute/instances/begin-detach.ts'
import { conflict, defineVerb, mutate, notFound, reader, returnQuota } from '../../kernel/index.ts'
import { releaseFloatingIps } from '../floating-ips/release.ts'
import { idField } from '../networks/input.ts'
import { dhcpOwner, floatingIpOwner, serviceOwners } from './owners.ts'
import { releasePort } from './release-port.ts'
import { announcePort, visiblePorts } from './row.ts'

/** What a deleted port answers. */
export interface DeletedPort {
  id: string
  /** The operation that takes the port from its instance first; null: it is gone already. */
  operationId: string | null
}

/**
 * Deletes a port; its addresses are free at once. One that is an interface of an instance is detached first, by an
 * operation.
 * @throws NephosError not_found, or conflict when DHCP uses it or its instance cannot let go of it now
 */
export const deletePort = defineVerb({
  name: 'network.ports.delete',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: idField }),
  run: async ({ ctx, input: { id } }): Promise<DeletedPort> => {
    const where = { AND: [{ id }, visiblePorts(ctx)] }
    const found = await reader(ctx).port.findFirst({
      where,
      select: { instanceId: true, instance: { select: { hostId: true } } },
    })
    if (!found) throw notFound('port', id)
    if (found.instanceId && found.instance?.hostId) {
      const verb = 'network.ports.delete'
      const { operationId } = await beginDetach(ctx, { id: found.instanceId, portId: id, verb, remove: true })
      return { id, operationId }
    }
    return mutate(ctx, async (tx) => {
      const port = await tx.db.port.findFirst({ where })
      if (!port) throw notFound('port', id)
      if (serviceOwners.includes(port.deviceOwner)) throw serviceInUse(port.deviceOwner)
      tx.audit({
        verb: 'network.ports.delete',
        resourceType: 'port',
        resourceId: port.id,
        resourceName: port.name || port.macAddress,
        projectId: port.projectId,
        detail: { networkId: port.networkId },
      })
      // No host has the instance: nothing has to let go of the port.
      if (port.instanceId && port.instanceId === found.instanceId)
        await releasePort(tx, port.instanceId, id, { remove: true })
      else {
        await releaseFloatingIps(tx, [id])
        const { count } = await tx.db.port.deleteMany({
          where: { id, instanceId: null, generation: port.generation + 1 },
        })
        if (count === 0) throw conflict('The port was changed at the same moment.', { remedy: 'Try again.' })
        announcePort(tx, 'deleted', port, null)
        await returnQuota(tx.db, port.projectId, { ports: 1 })
      }
      return { id, operationId: null }
    })
  },
})

/** Why a port of the cloud's own cannot be deleted by itself. */
function serviceInUse(owner: string) {
  const detail = { reason: 'service_port_in_use', deviceOwner: owner }
  if (owner === dhcpOwner)
    return conflict('This port serves DHCP and metadata to its network; it goes with the network.', {
      detail,
    })
  if (owner === floatingIpOwner)
    return conflict('This port holds the address of a floating IP.', {
      remedy: 'Release the floating IP.',
      detail,
    })
  return conflict('This port belongs to a router.', {
    remedy: 'Remove the interface or the gateway from the router; the port goes with it.',
    detail,
  })
}
