import { z } from 'zod'
import { conflict, defineVerb, invalid, isAdmin, mutate, takeQuota } from '../../kernel/index.ts'
import { lacks } from '../placement/backend-state.ts'
import { claimMore } from '../placement/claim.ts'
import { beginVolumeAction } from './begin.ts'
import { extendQuota } from './count.ts'
import type { VolumeAccepted } from './create.ts'
import { sizeGib } from './create-input.ts'
import { findVolume, requireAllowed } from './find.ts'
import { requireSizeAllowed } from './insert.ts'
import { volumeRow } from './row.ts'

/**
 * Makes a volume larger; one that is in use where its back end can do that, and its guest sees it at once.
 * @throws NephosError not_found, invalid_input for a size that is not larger, conflict, quota_exceeded
 */
export const extendVolume = defineVerb({
  name: 'volume.volumes.extend',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.uuid(), sizeGib }),
  run: ({ ctx, input }): Promise<VolumeAccepted> =>
    mutate(ctx, async (tx) => {
      const volume = await findVolume(ctx, input.id, tx.db)
      requireAllowed('extend', volume)
      const more = input.sizeGib - volume.sizeGib
      if (more <= 0)
        throw invalid('sizeGib', `The volume has ${volume.sizeGib} GiB: it can only become larger.`)
      const backend =
        volume.backendId && (await tx.db.volumeBackend.findUnique({ where: { id: volume.backendId } }))
      if (!backend)
        throw conflict('The volume is on no back end.', { remedy: 'Delete it and create it again.' })
      const why = volume.status === 'in_use' ? lacks(backend, 'onlineExtend') : null
      if (why) throw conflict(why, { remedy: 'Detach the volume first.' })
      await requireSizeAllowed(tx, volume.projectId, input.sizeGib)
      await claimMore(tx.db, backend.id, more)
      const { operationId, volume: written } = await beginVolumeAction(tx, volume, {
        action: 'extend',
        verb: 'volume.volumes.extend',
        saga: 'volume-extend',
        input: { from: volume.sizeGib, to: input.sizeGib },
      })
      await takeQuota(tx.db, volume.projectId, extendQuota(volume.type.name, more))
      return { operationId, volume: volumeRow(written, { admin: isAdmin(ctx.actor) }) }
    }),
})
