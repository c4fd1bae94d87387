import { z } from 'zod'
import { defineVerb, mutate, notFound } from '../../kernel/index.ts'
import { description } from '../names.ts'
import { type HostRow, hostChanged, hostRow, hostSelect } from './row.ts'

/**
 * Opens a host for new instances or closes it. What runs there goes on. Disabling keeps the reason; enabling clears
 * it. @throws NephosError not_found
 */
export const updateHost = defineVerb({
  name: 'compute.hosts.update',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({ id: z.uuid(), enabled: z.boolean(), disabledReason: description.nullish() }),
  run: ({ ctx, input: { id, enabled, disabledReason } }): Promise<HostRow> =>
    mutate(ctx, async (tx) => {
      // The generation rises so that a claim made with the old answer in mind is refused.
      const { count } = await tx.db.host.updateMany({
        where: { id },
        data: {
          enabled,
          disabledReason: enabled ? null : (disabledReason ?? null),
          generation: { increment: 1 },
        },
      })
      const record = count > 0 && (await tx.db.host.findUnique({ where: { id }, select: hostSelect }))
      if (!record) throw notFound('host', id)
      tx.audit({
        verb: 'compute.hosts.update',
        resourceType: 'host',
        resourceId: id,
        resourceName: record.name,
        projectId: null,
        detail: { enabled, disabledReason: record.disabledReason },
      })
      hostChanged(tx, 'updated', record, ctx.config.serviceDownTime)
      return hostRow(record, ctx.config.serviceDownTime)
    }),
})
