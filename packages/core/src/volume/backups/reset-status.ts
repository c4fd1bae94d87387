import { z } from 'zod'
import { defineVerb, mutate } from '../../kernel/index.ts'
import { backupStatuses } from '../states.ts'
import { backupRow, findBackup, type VolumeBackupRow } from './row.ts'
import { changeBackup } from './write.ts'

/** Says what a backup is, without looking: for administrators who have repaired something by hand. */
export const resetBackupStatus = defineVerb({
  name: 'volume.backups.resetStatus',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({ id: z.uuid(), status: z.enum(backupStatuses) }),
  run: ({ ctx, input: { id, status } }): Promise<VolumeBackupRow> =>
    mutate(ctx, async (tx) => {
      const backup = await findBackup(ctx, id, tx.db)
      const written = await changeBackup(tx, backup, { status, failure: null })
      tx.audit({
        verb: 'volume.backups.resetStatus',
        resourceType: 'volume_backup',
        resourceId: id,
        resourceName: backup.name,
        projectId: backup.projectId,
        detail: { before: backup.status, status },
      })
      return backupRow(written)
    }),
})
