import { z } from 'zod'
import { description } from '../../compute/names.ts'
import { conflict, defineVerb, mutate } from '../../kernel/index.ts'
import { whyNotBackup } from '../states.ts'
import { volumeMetadata, volumeName } from '../volumes/create-input.ts'
import { backupRow, findBackup, type VolumeBackupRow } from './row.ts'
import { changeBackup } from './write.ts'

/** Changes name, description and metadata of a backup; `metadata` replaces all of it. @throws NephosError not_found */
export const updateVolumeBackup = defineVerb({
  name: 'volume.backups.update',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({
    id: z.uuid(),
    name: volumeName.optional(),
    description: description.optional(),
    metadata: volumeMetadata.optional(),
  }),
  run: ({ ctx, input: { id, ...changes } }): Promise<VolumeBackupRow> =>
    mutate(ctx, async (tx) => {
      const backup = await findBackup(ctx, id, tx.db)
      const why = whyNotBackup('edit', backup.status)
      if (why) throw conflict(why)
      const written = await changeBackup(tx, backup, changes)
      tx.audit({
        verb: 'volume.backups.update',
        resourceType: 'volume_backup',
        resourceId: id,
        resourceName: written.name,
        projectId: backup.projectId,
        detail: { changed: Object.keys(changes) },
      })
      return backupRow(written)
    }),
})
