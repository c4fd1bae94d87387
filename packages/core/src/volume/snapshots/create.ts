import { newId } from '@nephos/db'
import { z } from 'zod'
import { description } from '../../compute/names.ts'
import { conflict, defineVerb, mutate, requireUser, takeQuota } from '../../kernel/index.ts'
import { lacks } from '../placement/backend-state.ts'
import { startVolumeSaga } from '../volumes/begin.ts'
import { snapshotQuota } from '../volumes/count.ts'
import { volumeMetadata, volumeName } from '../volumes/create-input.ts'
import { findVolume, requireAllowed } from '../volumes/find.ts'
import { readVolume, volumeChanged } from '../volumes/row.ts'
import { holdVolume } from '../volumes/write.ts'
import { snapshotChanged, snapshotParts, snapshotRow, type VolumeSnapshotRow } from './row.ts'

/** A snapshot that is being taken. */
export interface SnapshotAccepted {
  operationId: string
  snapshot: VolumeSnapshotRow
}

/**
 * Keeps what a volume holds now, also while it is in use. The volume can be used and written all the time.
 * @throws NephosError not_found, conflict, quota_exceeded
 */
export const createVolumeSnapshot = defineVerb({
  name: 'volume.snapshots.create',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({
    volumeId: z.uuid(),
    name: volumeName.default(''),
    description: description.default(''),
    metadata: volumeMetadata.default({}),
  }),
  run: ({ ctx, input }): Promise<SnapshotAccepted> =>
    mutate(ctx, async (tx) => {
      const volume = await findVolume(ctx, input.volumeId, tx.db)
      requireAllowed('snapshot', volume)
      const backend =
        volume.backendId && (await tx.db.volumeBackend.findUnique({ where: { id: volume.backendId } }))
      const why = volume.status === 'in_use' && backend ? lacks(backend, 'liveSnapshot') : null
      if (why) throw conflict(why, { remedy: 'Detach the volume first.' })
      await holdVolume(tx.db, volume)
      const snapshot = await tx.db.volumeSnapshot.create({
        data: {
          ...input,
          id: newId(),
          projectId: volume.projectId,
          userId: requireUser(ctx).userId,
          sizeGib: volume.sizeGib,
        },
        include: snapshotParts,
      })
      const operationId = startVolumeSaga(tx, volume, {
        verb: 'volume.snapshots.create',
        saga: 'volume-snapshot',
        resource: { id: snapshot.id, name: snapshot.name },
        input: { volumeId: volume.id },
      })
      snapshotChanged(tx, 'created', snapshot)
      volumeChanged(tx, 'updated', (await readVolume(tx.db, volume.id))!)
      await takeQuota(tx.db, volume.projectId, snapshotQuota(volume.type.name, volume.sizeGib))
      return { operationId, snapshot: snapshotRow(snapshot) }
    }),
})
