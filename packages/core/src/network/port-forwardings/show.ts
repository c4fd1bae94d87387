import { z } from 'zod'
import { defineVerb, notFound, reader } from '../../kernel/index.ts'
import { visibleFloatingIps } from '../floating-ips/access.ts'
import { forwardingParts, forwardingRow, type PortForwardingRow } from '../floating-ips/row.ts'
import { idField } from '../networks/input.ts'

/** One port forwarding. @throws NephosError not_found */
export const showPortForwarding = defineVerb({
  name: 'network.portForwardings.show',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({ id: idField }),
  run: async ({ ctx, input: { id } }): Promise<PortForwardingRow> => {
    const found = await reader(ctx).portForwarding.findFirst({
      where: { id, floatingIp: visibleFloatingIps(ctx) },
      include: forwardingParts,
    })
    if (!found) throw notFound('port forwarding', id)
    return forwardingRow(found)
  },
})
