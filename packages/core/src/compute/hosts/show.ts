import { z } from 'zod'
import { defineVerb, notFound, reader } from '../../kernel/index.ts'
import { type HostRow, hostRow, hostSelect } from './row.ts'

/** One host. @throws NephosError not_found */
export const showHost = defineVerb({
  name: 'compute.hosts.show',
  kind: 'query',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({ id: z.uuid() }),
  run: async ({ ctx, input: { id } }): Promise<HostRow> => {
    const record = await reader(ctx).host.findUnique({ where: { id }, select: hostSelect })
    if (!record) throw notFound('host', id)
    return hostRow(record, ctx.config.serviceDownTime)
  },
})
