import { defineVerb } from '../../kernel/index.ts'
import { volumeIdInput } from '../volumes/find.ts'
import { findSnapshot, snapshotRow, type VolumeSnapshotRow } from './row.ts'

/** One snapshot. @throws NephosError not_found */
export const showVolumeSnapshot = defineVerb({
  name: 'volume.snapshots.show',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: volumeIdInput,
  run: async ({ ctx, input }): Promise<VolumeSnapshotRow> => snapshotRow(await findSnapshot(ctx, input.id)),
})
