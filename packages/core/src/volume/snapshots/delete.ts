import { z } from 'zod'
import { conflict, defineVerb, isAdmin, mutate, NephosError } from '../../kernel/index.ts'
import { whyNotSnapshot } from '../states.ts'
import { startVolumeSaga } from '../volumes/begin.ts'
import { readVolume } from '../volumes/row.ts'
import type { SnapshotAccepted } from './create.ts'
import { findSnapshot, snapshotRow } from './row.ts'
import { changeSnapshot } from './write.ts'

/**
 * Deletes a snapshot. Volumes that were made from it stay.
 * @throws NephosError not_found, conflict while it is at work, forbidden for `force` without being an administrator
 */
export const deleteVolumeSnapshot = defineVerb({
  name: 'volume.snapshots.delete',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({
    id: z.uuid(),
    /** Whatever its status says; administrators only. */
    force: z.boolean().default(false),
  }),
  run: ({ ctx, input: { id, force } }): Promise<SnapshotAccepted> =>
    mutate(ctx, async (tx) => {
      const snapshot = await findSnapshot(ctx, id, tx.db)
      if (force && !isAdmin(ctx.actor))
        throw new NephosError('forbidden', 'Only administrators delete a snapshot by force.', {
          field: 'force',
        })
      const why = whyNotSnapshot(force ? 'forceDelete' : 'delete', snapshot.status)
      if (why) throw conflict(why)
      const copies = await tx.db.volume.count({ where: { snapshotId: id, status: 'creating' } })
      if (copies > 0)
        throw conflict('A volume is being made from the snapshot at this moment.', {
          remedy: 'Wait until the volume is made.',
        })
      const volume = (await readVolume(tx.db, snapshot.volumeId))!
      if (volume.status === 'reverting')
        throw conflict('The volume of the snapshot is being reverted at this moment.', {
          remedy: 'Wait until that is done.',
        })
      const written = await changeSnapshot(tx, snapshot, { status: 'deleting', failure: null })
      const operationId = startVolumeSaga(tx, volume, {
        verb: 'volume.snapshots.delete',
        saga: 'volume-snapshot-delete',
        resource: { id, name: snapshot.name },
        input: { volumeId: volume.id, force },
      })
      return { operationId, snapshot: snapshotRow(written) }
    }),
})
