import { z } from 'zod'
import { conflict, defineVerb, isAdmin, mutate, notFound } from '../../kernel/index.ts'
import { whyNotSnapshot } from '../states.ts'
import { beginVolumeAction } from './begin.ts'
import type { VolumeAccepted } from './create.ts'
import { findVolume, requireAllowed } from './find.ts'
import { volumeRow } from './row.ts'

/**
 * Makes a volume what its newest snapshot is; what was written since is lost.
 * @throws NephosError not_found, conflict while it is in use, for an older snapshot or when the volume was extended since
 */
export const revertVolume = defineVerb({
  name: 'volume.volumes.revert',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.uuid(), snapshotId: z.uuid() }),
  run: ({ ctx, input: { id, snapshotId } }): Promise<VolumeAccepted> =>
    mutate(ctx, async (tx) => {
      const volume = await findVolume(ctx, id, tx.db)
      requireAllowed('revert', volume)
      const newest = await tx.db.volumeSnapshot.findFirst({
        where: { volumeId: id },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      })
      const snapshot = await tx.db.volumeSnapshot.findFirst({ where: { id: snapshotId, volumeId: id } })
      if (!snapshot) throw notFound('snapshot of this volume', snapshotId)
      if (newest?.id !== snapshotId)
        throw conflict('A volume can be made only what its newest snapshot is.', {
          remedy: 'Delete the newer snapshots first, or make a new volume from this one.',
        })
      const why = whyNotSnapshot('revert', snapshot.status)
      if (why) throw conflict(why)
      if (snapshot.sizeGib !== volume.sizeGib)
        throw conflict('The volume was made larger since the snapshot.', {
          remedy: 'Make a new volume from the snapshot instead.',
        })
      const { operationId, volume: written } = await beginVolumeAction(tx, volume, {
        action: 'revert',
        verb: 'volume.volumes.revert',
        saga: 'volume-revert',
        input: { snapshotId },
      })
      return { operationId, volume: volumeRow(written, { admin: isAdmin(ctx.actor) }) }
    }),
})
