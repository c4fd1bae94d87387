import { z } from 'zod'
import { defineVerb, mutate } from '../../kernel/index.ts'
import { snapshotStatuses } from '../states.ts'
import { findSnapshot, snapshotRow, type VolumeSnapshotRow } from './row.ts'
import { changeSnapshot } from './write.ts'

/** Says what a snapshot is, without looking: for administrators who have repaired something by hand. */
export const resetSnapshotStatus = defineVerb({
  name: 'volume.snapshots.resetStatus',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({ id: z.uuid(), status: z.enum(snapshotStatuses) }),
  run: ({ ctx, input: { id, status } }): Promise<VolumeSnapshotRow> =>
    mutate(ctx, async (tx) => {
      const snapshot = await findSnapshot(ctx, id, tx.db)
      const written = await changeSnapshot(tx, snapshot, { status, failure: null })
      tx.audit({
        verb: 'volume.snapshots.resetStatus',
        resourceType: 'volume_snapshot',
        resourceId: id,
        resourceName: snapshot.name,
        projectId: snapshot.projectId,
        detail: { before: snapshot.status, status },
      })
      return snapshotRow(written)
    }),
})
