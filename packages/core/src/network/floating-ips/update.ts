import type { FloatingIp } from '@nephos/db'
import { z } from 'zod'
import { description } from '../../compute/names.ts'
import { conflict, defineVerb, invalid, mutate, notFound } from '../../kernel/index.ts'
import { idField } from '../networks/input.ts'
import { lockFloatingIp, visibleFloatingIps } from './access.ts'
import { announceInstancesOf, leadsNowhere, refuseLed, refuseTwin } from './lead.ts'
import { announceFloatingIp, type FloatingIpRow } from './row.ts'
import { lockLeadingRouter, lockTarget, touchRouters } from './target.ts'

const fields = { portId: 'portId', ipAddress: 'fixedIpAddress' }

/**
 * Leads a floating IP to a port, to another one, or (null) to none; or describes it anew. What is left out stays.
 * @throws NephosError not_found (floating IP, port, no router on the way), invalid_input when the address is not clear,
 * conflict when another one leads there, or its ports are forwarded
 */
export const updateFloatingIp = defineVerb({
  name: 'network.floatingIps.update',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({
    id: idField,
    portId: idField.nullish(),
    /** Address of the port to lead to; may be left out when it has only one. */
    fixedIpAddress: z.string().trim().min(1).max(64).optional(),
    description: description.optional(),
  }),
  run: async ({ ctx, input }): Promise<FloatingIpRow> => {
    const { id, portId, fixedIpAddress, ...rest } = input
    if (fixedIpAddress && !portId)
      throw invalid('fixedIpAddress', 'An address of a port needs the port.', 'Name the port, too.')
    return mutate(ctx, async (tx) => {
      const origin = await tx.db.floatingIp.findFirst({
        where: { AND: [{ id }, visibleFloatingIps(ctx)] },
        select: { projectId: true, networkId: true },
      })
      if (!origin) throw notFound('floating IP', id)
      const target = portId
        ? await lockTarget(ctx, tx.db, origin, { portId, ipAddress: fixedIpAddress }, fields)
        : null
      const before = await lockFloatingIp(ctx, tx.db, id)
      const same = target && before.portId === target.portId && before.fixedIpAddress === target.ipAddress
      let lead: Partial<FloatingIp> = {}
      if (target && !same) {
        if (before.forwardings.length > 0)
          throw conflict(`Ports of the floating IP ${before.address} are forwarded.`, {
            field: 'portId',
            remedy: 'Delete its port forwardings first, or allocate another floating IP.',
            detail: { reason: 'has_forwardings' },
          })
        await refuseLed(tx.db, before, target)
        const routerId = await lockLeadingRouter(tx.db, before, target, 'portId', before.routerId)
        lead = { portId: target.portId, fixedIpAddress: target.ipAddress, routerId, status: 'DOWN' }
      } else if (portId === null && before.portId) {
        await touchRouters(tx.db, [before.routerId])
        lead = leadsNowhere
      }
      await tx.db.floatingIp.update({ where: { id }, data: { ...rest, ...lead } })
      tx.audit({
        verb: 'network.floatingIps.update',
        resourceType: 'floating-ip',
        resourceId: id,
        resourceName: before.address,
        projectId: before.projectId,
        detail: JSON.parse(JSON.stringify({ ...rest, portId, fixedIpAddress: target?.ipAddress })),
      })
      const row = await announceFloatingIp(tx, id, 'updated')
      if (Object.keys(lead).length > 0) await announceInstancesOf(tx, [before.portId, row.portId])
      return row
    }).catch(refuseTwin)
  },
})
