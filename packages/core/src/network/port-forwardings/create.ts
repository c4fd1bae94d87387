import { newId } from '@nephos/db'
import { z } from 'zod'
import { conflict, defineVerb, mutate, notFound } from '../../kernel/index.ts'
import { lockFloatingIp, visibleFloatingIps } from '../floating-ips/access.ts'
import {
  announceFloatingIp,
  forwardingParts,
  forwardingRow,
  type PortForwardingRow,
} from '../floating-ips/row.ts'
import { lockLeadingRouter, lockTarget } from '../floating-ips/target.ts'
import { idField } from '../networks/input.ts'
import { forwardingFields } from './input.ts'
import { refuseOtherRouter, refuseTaken, refuseTwinForwarding } from './write.ts'

const fields = { portId: 'internalPortId', ipAddress: 'internalAddress' }

/**
 * Leads one port of a floating IP to a port of an instance, so that several instances share an address.
 * @throws NephosError not_found (floating IP, port, no router on the way), invalid_input, conflict when the floating IP
 * leads somewhere as a whole, or one of the ports is taken
 */
export const createPortForwarding = defineVerb({
  name: 'network.portForwardings.create',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({
    floatingIpId: idField,
    ...forwardingFields,
    description: forwardingFields.description.default(''),
  }),
  run: async ({ ctx, input }): Promise<PortForwardingRow> => {
    const { floatingIpId, internalPortId, internalAddress, ...rest } = input
    return mutate(ctx, async (tx) => {
      const origin = await tx.db.floatingIp.findFirst({
        where: { AND: [{ id: floatingIpId }, visibleFloatingIps(ctx)] },
        select: { projectId: true, networkId: true },
      })
      if (!origin) throw notFound('floating IP', floatingIpId)
      const wish = { portId: internalPortId, ipAddress: internalAddress }
      const target = await lockTarget(ctx, tx.db, origin, wish, fields)
      const floatingIp = await lockFloatingIp(ctx, tx.db, floatingIpId)
      if (floatingIp.portId)
        throw conflict(
          `The floating IP ${floatingIp.address} leads to ${floatingIp.fixedIpAddress} as a whole.`,
          {
            field: 'floatingIpId',
            remedy: 'Disassociate it first, or use another floating IP.',
            detail: { reason: 'already_associated' },
          },
        )
      await refuseTaken(tx.db, floatingIp, { ...rest, internalAddress: target.ipAddress }, target)
      const routerId = await lockLeadingRouter(
        tx.db,
        floatingIp,
        target,
        'internalPortId',
        floatingIp.routerId,
      )
      refuseOtherRouter(floatingIp, routerId, floatingIp.forwardings)
      const made = await tx.db.portForwarding.create({
        data: { id: newId(), floatingIpId, internalPortId, internalAddress: target.ipAddress, ...rest },
        include: forwardingParts,
      })
      if (floatingIp.routerId !== routerId)
        await tx.db.floatingIp.update({ where: { id: floatingIpId }, data: { routerId, status: 'DOWN' } })
      tx.audit({
        verb: 'network.portForwardings.create',
        resourceType: 'floating-ip',
        resourceId: floatingIpId,
        resourceName: floatingIp.address,
        projectId: floatingIp.projectId,
        detail: { id: made.id, ...rest, internalPortId, internalAddress: target.ipAddress },
      })
      await announceFloatingIp(tx, floatingIpId, 'updated')
      return forwardingRow(made)
    }).catch(refuseTwinForwarding)
  },
})
