import { z } from 'zod'
import { defineVerb, mutate } from '../../kernel/index.ts'
import { backendChanged, backendRow, findBackend, type VolumeBackendRow } from './row.ts'

/**
 * Says whether a back end takes new volumes, how much of it may be promised, and what is kept free. Volumes that are on
 * it go on.
 * @throws NephosError not_found
 */
export const updateVolumeBackend = defineVerb({
  name: 'volume.backends.update',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({
    id: z.uuid(),
    enabled: z.boolean().optional(),
    disabledReason: z.string().trim().max(255).nullish(),
    /** How many times its size may be promised. */
    provisioning: z.number().min(0.1, 'At least 0.1.').max(1_000, 'At most 1000.').optional(),
    reservedPercent: z.int().min(0, 'At least 0 %.').max(100, 'At most 100 %.').optional(),
  }),
  run: ({ ctx, input: { id, ...changes } }): Promise<VolumeBackendRow> =>
    mutate(ctx, async (tx) => {
      const before = await findBackend(ctx, id, tx.db)
      const backend = await tx.db.volumeBackend.update({
        where: { id },
        data: {
          ...changes,
          ...(changes.enabled && { disabledReason: null }),
          generation: { increment: 1 },
        },
      })
      backendChanged(tx, 'updated', backend, ctx.config.serviceDownTime)
      tx.audit({
        verb: 'volume.backends.update',
        resourceType: 'volume_backend',
        resourceId: id,
        resourceName: before.name,
        projectId: null,
        detail: { changed: Object.keys(changes) },
      })
      return backendRow(backend, ctx.config.serviceDownTime)
    }),
})
