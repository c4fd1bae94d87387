import {
  changeBackup,
  finishBackupDelete,
  mutate,
  NephosError,
  readBackup,
  type Services,
  systemCtx,
} from '@nephos/core'
import { RetryLater, type Saga } from '@nephos/jobs'
import { z } from 'zod'
import { removeBackupObjects } from '../volume/backup/stored-backup.ts'

const input = z.object({ force: z.boolean().default(false) }).catch({ force: false })

/** A backup that is to go. */
export interface DoomedBackup {
  backupId: string
  operationId: string
  requestId: string
  force: boolean
}

/** Removes the objects of a backup from its store, then its row. Nothing of it is taken back. */
export const backupDelete = (services: Services): Saga<DoomedBackup> => ({
  name: 'volume-backup-delete',
  cancellable: false,
  steps: [
    {
      name: 'wait-turn',
      run: async ({ state: { backupId, operationId } }) => {
        const older = await services.db.operation.findFirst({
          where: {
            resourceId: backupId,
            // Ids sort by creation.
            id: { lt: operationId },
            status: { in: ['queued', 'running', 'undoing'] },
          },
          select: { kind: true },
        })
        if (older) throw new RetryLater(`${older.kind} of the same backup is ending`, 250)
        return undefined
      },
    },
    {
      name: 'remove-objects',
      run: async ({ state: { backupId, force }, progress }) => {
        try {
          await removeBackupObjects(services, backupId, (done, total) =>
            progress(`Removed ${done} of ${total} objects`, Math.floor((99 * done) / total)),
          )
        } catch (error) {
          // By force it goes also where its store is not configured any more: only the row is left.
          if (!force || !(error instanceof NephosError && error.code === 'unavailable')) throw error
        }
        return undefined
      },
    },
  ],
  load: async ({ id, resourceId, requestId, input: given }) => {
    const backup = await readBackup(services.db, resourceId)
    if (backup && backup.status !== 'deleting') return null
    return { backupId: resourceId, operationId: id, requestId, force: input.parse(given).force }
  },
  succeed: ({ backupId, requestId }) =>
    finishBackupDelete(systemCtx(services, 'volume-backup-delete', requestId), backupId),
  fail: ({ backupId, requestId }, failure) =>
    mutate(systemCtx(services, 'volume-backup-delete', requestId), async (tx) => {
      const backup = await readBackup(tx.db, backupId)
      if (backup?.status === 'deleting')
        await changeBackup(tx, backup, { status: 'error_deleting', failure: failure.message })
    }),
})
