import { z } from 'zod'
import { defineVerb, isAdmin, mutate } from '../../kernel/index.ts'
import { volumeStatuses } from '../states.ts'
import { findVolume } from './find.ts'
import { type VolumeRow, volumeRow } from './row.ts'
import { changeVolume } from './write.ts'

/**
 * Says what a volume is, without looking: for administrators who have repaired something by hand. Nothing is done on
 * any host.
 */
export const resetVolumeStatus = defineVerb({
  name: 'volume.volumes.resetStatus',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: z
    .object({
      id: z.uuid(),
      status: z.enum(volumeStatuses).optional(),
      /** Forgets every attachment. */
      detached: z.boolean().default(false),
      /** null: it is not on its way. */
      migrationStatus: z.enum(['starting', 'migrating', 'completing', 'success', 'error']).nullish(),
    })
    .refine(
      ({ status, detached, migrationStatus }) => status || detached || migrationStatus !== undefined,
      'Say what is to be reset.',
    ),
  run: ({ ctx, input: { id, status, detached, migrationStatus } }): Promise<VolumeRow> =>
    mutate(ctx, async (tx) => {
      const volume = await findVolume(ctx, id, tx.db)
      if (detached) await tx.db.volumeAttachment.deleteMany({ where: { volumeId: id } })
      const written = await changeVolume(tx, volume, {
        ...(status && { status, failure: null }),
        ...(migrationStatus !== undefined && { migrationStatus }),
      })
      tx.audit({
        verb: 'volume.volumes.resetStatus',
        resourceType: 'volume',
        resourceId: id,
        resourceName: volume.name,
        projectId: volume.projectId,
        detail: { before: volume.status, status: status ?? null, detached },
      })
      return volumeRow(written, { admin: isAdmin(ctx.actor) })
    }),
})
