import { z } from 'zod'
import { defineVerb, mutate, returnQuota } from '../../kernel/index.ts'
import { idField } from '../networks/input.ts'
import { announceNetwork } from '../networks/row.ts'
import { floatingIpOwner } from '../ports/owners.ts'
import { announcePort } from '../ports/row.ts'
import { lockFloatingIp } from './access.ts'
import { announceInstancesOf } from './lead.ts'
import { touchRouters } from './target.ts'

/** Gives a floating IP back; where it led and its port forwardings end. @throws NephosError not_found */
export const deleteFloatingIp = defineVerb({
  name: 'network.floatingIps.delete',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: idField }),
  run: ({ ctx, input: { id } }): Promise<{ id: string }> =>
    mutate(ctx, async (tx) => {
      const found = await lockFloatingIp(ctx, tx.db, id)
      await touchRouters(tx.db, [found.routerId])
      await tx.db.floatingIp.delete({ where: { id } })
      await tx.db.port.deleteMany({ where: { id: found.floatingPortId } })
      const port = { id: found.floatingPortId, projectId: found.projectId, deviceOwner: floatingIpOwner }
      announcePort(tx, 'deleted', port, null)
      tx.audit({
        verb: 'network.floatingIps.delete',
        resourceType: 'floating-ip',
        resourceId: id,
        resourceName: found.address,
        projectId: found.projectId,
      })
      const audience = { kind: 'project', projectId: found.projectId } as const
      tx.event({ noun: 'floating_ip', change: 'deleted', id, audience, data: null })
      await announceNetwork(tx, found.networkId, 'updated')
      await announceInstancesOf(tx, [found.portId])
      await returnQuota(tx.db, found.projectId, { floating_ips: 1 })
      return { id }
    }),
})
