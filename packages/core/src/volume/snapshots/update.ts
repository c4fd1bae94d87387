import { z } from 'zod'
import { description } from '../../compute/names.ts'
import { conflict, defineVerb, mutate } from '../../kernel/index.ts'
import { whyNotSnapshot } from '../states.ts'
import { volumeMetadata, volumeName } from '../volumes/create-input.ts'
import { findSnapshot, snapshotRow, type VolumeSnapshotRow } from './row.ts'
import { changeSnapshot } from './write.ts'

/** Changes name, description and metadata of a snapshot; `metadata` replaces all of it. @throws NephosError not_found */
export const updateVolumeSnapshot = defineVerb({
  name: 'volume.snapshots.update',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({
    id: z.uuid(),
    name: volumeName.optional(),
    description: description.optional(),
    metadata: volumeMetadata.optional(),
  }),
  run: ({ ctx, input: { id, ...changes } }): Promise<VolumeSnapshotRow> =>
    mutate(ctx, async (tx) => {
      const snapshot = await findSnapshot(ctx, id, tx.db)
      const why = whyNotSnapshot('edit', snapshot.status)
      if (why) throw conflict(why)
      const written = await changeSnapshot(tx, snapshot, changes)
      tx.audit({
        verb: 'volume.snapshots.update',
        resourceType: 'volume_snapshot',
        resourceId: id,
        resourceName: written.name,
        projectId: snapshot.projectId,
        detail: { changed: Object.keys(changes) },
      })
      return snapshotRow(written)
    }),
})
