import { z } from 'zod'
import { defineVerb, mutate, notFound } from '../../kernel/index.ts'
import { lockFloatingIp } from '../floating-ips/access.ts'
import {
  announceFloatingIp,
  forwardingParts,
  forwardingRow,
  type PortForwardingRow,
} from '../floating-ips/row.ts'
import { lockLeadingRouter, lockTarget } from '../floating-ips/target.ts'
import { idField } from '../networks/input.ts'
import { findForwarding } from './find.ts'
import { forwardingFields } from './input.ts'
import { refuseOtherRouter, refuseTaken, refuseTwinForwarding } from './write.ts'

const fields = { portId: 'internalPortId', ipAddress: 'internalAddress' }

/**
 * Changes a port forwarding; what is left out stays. With another internal port its address is chosen anew.
 * @throws NephosError as the creation of one
 */
export const updatePortForwarding = defineVerb({
  name: 'network.portForwardings.update',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({
    id: idField,
    protocol: forwardingFields.protocol.optional(),
    externalPort: forwardingFields.externalPort.optional(),
    internalPortId: idField.optional(),
    internalAddress: forwardingFields.internalAddress,
    internalPort: forwardingFields.internalPort.optional(),
    description: forwardingFields.description.optional(),
  }),
  run: async ({ ctx, input }): Promise<PortForwardingRow> => {
    const { id, internalPortId, internalAddress, ...rest } = input
    return mutate(ctx, async (tx) => {
      const known = await findForwarding(ctx, tx.db, id)
      const wish = {
        portId: internalPortId ?? known.internalPortId,
        ipAddress: internalAddress ?? (internalPortId ? undefined : known.internalAddress),
      }
      const target = await lockTarget(ctx, tx.db, known.floatingIp, wish, fields)
      const floatingIp = await lockFloatingIp(ctx, tx.db, known.floatingIpId)
      const before = floatingIp.forwardings.find((one) => one.id === id)
      if (!before) throw notFound('port forwarding', id)
      const wanted = {
        protocol: rest.protocol ?? before.protocol,
        externalPort: rest.externalPort ?? before.externalPort,
        internalAddress: target.ipAddress,
        internalPort: rest.internalPort ?? before.internalPort,
      }
      await refuseTaken(tx.db, floatingIp, wanted, target, id)
      const others = floatingIp.forwardings.filter((one) => one !== before)
      const routerId = await lockLeadingRouter(
        tx.db,
        floatingIp,
        target,
        'internalPortId',
        floatingIp.routerId,
      )
      refuseOtherRouter(floatingIp, routerId, others)
      const changed = await tx.db.portForwarding.update({
        where: { id },
        data: { ...rest, internalPortId: target.portId, internalAddress: target.ipAddress },
        include: forwardingParts,
      })
      if (floatingIp.routerId !== routerId)
        await tx.db.floatingIp.update({
          where: { id: floatingIp.id },
          data: { routerId, status: 'DOWN' },
        })
      tx.audit({
        verb: 'network.portForwardings.update',
        resourceType: 'floating-ip',
        resourceId: floatingIp.id,
        resourceName: floatingIp.address,
        projectId: floatingIp.projectId,
        detail: JSON.parse(JSON.stringify({ ...input, internalAddress: changed.internalAddress })),
      })
      await announceFloatingIp(tx, floatingIp.id, 'updated')
      return forwardingRow(changed)
    }).catch(refuseTwinForwarding)
  },
})
