import { z } from 'zod'
import { defineVerb, notFound, reader } from '../../kernel/index.ts'
import { idField } from '../networks/input.ts'
import { visibleFloatingIps } from './access.ts'
import { type FloatingIpRow, floatingIpParts, floatingIpRow } from './row.ts'

/** One floating IP with its port forwardings. @throws NephosError not_found */
export const showFloatingIp = defineVerb({
  name: 'network.floatingIps.show',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({ id: idField }),
  run: async ({ ctx, input }): Promise<FloatingIpRow> => {
    const found = await reader(ctx).floatingIp.findFirst({
      where: { AND: [{ id: input.id }, visibleFloatingIps(ctx)] },
      include: floatingIpParts,
    })
    if (!found) throw notFound('floating IP', input.id)
    return floatingIpRow(found)
  },
})
