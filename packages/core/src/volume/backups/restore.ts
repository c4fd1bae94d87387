import { z } from 'zod'
import {
  conflict,
  defineVerb,
  invalid,
  isAdmin,
  mutate,
  requireProject,
  requireUser,
} from '../../kernel/index.ts'
import { whyNotBackup } from '../states.ts'
import { beginVolumeAction } from '../volumes/begin.ts'
import type { VolumeAccepted } from '../volumes/create.ts'
import { sizeGib, volumeName } from '../volumes/create-input.ts'
import { findVolume, requireAllowed } from '../volumes/find.ts'
import { insertVolume } from '../volumes/insert.ts'
import { planVolume } from '../volumes/plan.ts'
import { volumeRow } from '../volumes/row.ts'
import { readOrigin } from './origin.ts'
import { noteRestoring } from './restoring.ts'
import { findBackup } from './row.ts'

/**
 * Makes a volume of a backup: a new one, or with `volumeId` one that is there, all of whose contents are replaced. Each
 * piece is checked against its checksum before it is written.
 * @throws NephosError not_found, conflict, invalid_input for a volume that does not do, quota_exceeded for a new one
 */
export const restoreVolumeBackup = defineVerb({
  name: 'volume.backups.restore',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({
    id: z.uuid(),
    /** The volume to overwrite; left out: a new one is made. */
    volumeId: z.uuid().nullish(),
    /** Of the new volume; left out: that of the volume that the backup is of. */
    name: volumeName.nullish(),
    /** Type of the new volume, id or name; left out: that of the volume that the backup is of. */
    typeId: z.string().trim().min(1).max(255).nullish(),
    sizeGib: sizeGib.nullish(),
    zone: z.string().trim().min(1).max(255).nullish(),
  }),
  run: ({ ctx, input: { id, volumeId, ...wanted } }): Promise<VolumeAccepted> =>
    mutate(ctx, async (tx) => {
      const admin = isAdmin(ctx.actor)
      const backup = await findBackup(ctx, id, tx.db)
      const why = whyNotBackup('restore', backup.status)
      if (why) throw conflict(why)
      if (!volumeId) {
        const owner = { projectId: requireProject(ctx).id, userId: requireUser(ctx).userId }
        const name = wanted.name ?? (backup.volumeName || backup.name)
        const planned = await planVolume(ctx, tx.db, owner, { ...wanted, name, backupId: id })
        const { volume, operationId } = await insertVolume(tx, planned, { verb: 'volume.backups.restore' })
        return { operationId, volume: volumeRow(volume, { admin }) }
      }
      const volume = await findVolume(ctx, volumeId, tx.db)
      requireAllowed('restore', volume)
      if (volume.sizeGib < backup.sizeGib)
        throw invalid(
          'volumeId',
          `The volume has ${volume.sizeGib} GiB, and the backup needs ${backup.sizeGib}.`,
          'Choose or make a larger volume.',
        )
      const { encrypted } = readOrigin(backup)
      if (volume.encrypted !== encrypted)
        throw invalid(
          'volumeId',
          encrypted
            ? 'The backup is of an encrypted volume, and this volume is not encrypted.'
            : 'The backup is of a volume that is not encrypted, and this volume is.',
          'Choose a volume that fits, or restore to a new one.',
        )
      const begun = await beginVolumeAction(tx, volume, {
        action: 'restore',
        verb: 'volume.backups.restore',
        saga: 'volume-restore',
        input: { backupId: id },
        changes: { backupId: id },
      })
      await noteRestoring(tx, id)
      return { operationId: begun.operationId, volume: volumeRow(begun.volume, { admin }) }
    }),
})
