import { defineVerb, reader } from '../../kernel/index.ts'
import { volumeIdInput } from '../volumes/find.ts'
import { backupParts, backupRow, findBackup, type VolumeBackupRow } from './row.ts'

/** A backup with those that it needs and those that need it. */
export interface VolumeBackupDetail extends VolumeBackupRow {
  /** From the full backup to the parent of this one; empty for a full one. */
  parents: VolumeBackupRow[]
  /** Those that build on this one directly, the oldest first. */
  children: VolumeBackupRow[]
}

/** One backup. @throws NephosError not_found */
export const showVolumeBackup = defineVerb({
  name: 'volume.backups.show',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: volumeIdInput,
  run: async ({ ctx, input }): Promise<VolumeBackupDetail> => {
    const backup = await findBackup(ctx, input.id)
    const { projectId, volumeId } = backup
    // A chain is of one volume and one project.
    const others = await reader(ctx).volumeBackup.findMany({
      where: { projectId, volumeId },
      include: backupParts,
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    })
    const byId = new Map(others.map((other) => [other.id, other]))
    const parents: VolumeBackupRow[] = []
    for (let at = backup.parentId; at !== null; ) {
      const parent = byId.get(at)
      if (!parent) break
      parents.unshift(backupRow(parent))
      at = parent.parentId
    }
    return {
      ...backupRow(backup),
      parents,
      children: others.filter(({ parentId }) => parentId === backup.id).map(backupRow),
    }
  },
})
