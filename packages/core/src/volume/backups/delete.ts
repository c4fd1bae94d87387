import { z } from 'zod'
import { conflict, defineVerb, isAdmin, mutate, NephosError } from '../../kernel/index.ts'
import { whyNotBackup } from '../states.ts'
import { beginBackupDelete } from './begin-delete.ts'
import type { BackupAccepted } from './create.ts'
import { backupRow, findBackup } from './row.ts'

/**
 * Deletes a backup. Volumes that were restored from it stay.
 * @throws NephosError not_found, conflict while it is at work or others build on it, forbidden for `force` without being an administrator
 */
export const deleteVolumeBackup = defineVerb({
  name: 'volume.backups.delete',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({
    id: z.uuid(),
    /** Whatever its status says; administrators only. */
    force: z.boolean().default(false),
  }),
  run: ({ ctx, input: { id, force } }): Promise<BackupAccepted> =>
    mutate(ctx, async (tx) => {
      const backup = await findBackup(ctx, id, tx.db)
      if (force && !isAdmin(ctx.actor))
        throw new NephosError('forbidden', 'Only administrators delete a backup by force.', {
          field: 'force',
        })
      const why = whyNotBackup(force ? 'forceDelete' : 'delete', backup.status)
      if (why) throw conflict(why)
      const children = backup._count.children
      if (children > 0)
        throw conflict(
          `${children === 1 ? 'An incremental backup builds' : `${children} incremental backups build`} on this one.`,
          { remedy: 'Delete the newer backups first.', detail: { children } },
        )
      if (force)
        await tx.db.operation.updateMany({
          where: { resourceType: 'volume_backup', resourceId: id, status: { in: ['queued', 'running'] } },
          data: { cancelRequested: true },
        })
      const { operationId, backup: written } = await beginBackupDelete(tx, backup, { force })
      return { operationId, backup: backupRow(written) }
    }),
})
