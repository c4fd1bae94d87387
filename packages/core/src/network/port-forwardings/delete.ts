import { z } from 'zod'
import { defineVerb, mutate } from '../../kernel/index.ts'
import { lockFloatingIp } from '../floating-ips/access.ts'
import { leadsNowhere } from '../floating-ips/lead.ts'
import { announceFloatingIp } from '../floating-ips/row.ts'
import { touchRouters } from '../floating-ips/target.ts'
import { idField } from '../networks/input.ts'
import { findForwarding } from './find.ts'

/** Ends a port forwarding. @throws NephosError not_found */
export const deletePortForwarding = defineVerb({
  name: 'network.portForwardings.delete',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: idField }),
  run: ({ ctx, input: { id } }): Promise<{ id: string }> =>
    mutate(ctx, async (tx) => {
      const { floatingIpId } = await findForwarding(ctx, tx.db, id)
      const floatingIp = await lockFloatingIp(ctx, tx.db, floatingIpId)
      await touchRouters(tx.db, [floatingIp.routerId])
      await tx.db.portForwarding.deleteMany({ where: { id } })
      if (floatingIp.forwardings.every((one) => one.id === id))
        await tx.db.floatingIp.update({ where: { id: floatingIpId }, data: leadsNowhere })
      const gone = floatingIp.forwardings.find((one) => one.id === id)
      tx.audit({
        verb: 'network.portForwardings.delete',
        resourceType: 'floating-ip',
        resourceId: floatingIpId,
        resourceName: floatingIp.address,
        projectId: floatingIp.projectId,
        detail: { id, protocol: gone?.protocol ?? null, externalPort: gone?.externalPort ?? null },
      })
      await announceFloatingIp(tx, floatingIpId, 'updated')
      return { id }
    }),
})
