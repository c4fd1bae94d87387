import { newId } from '@nephos/db'
import { z } from 'zod'
import { description } from '../../compute/names.ts'
import { imageStore } from '../../image/store/open-store.ts'
import {
  conflict,
  defineVerb,
  invalid,
  type MutationTx,
  mutate,
  requireUser,
  takeQuota,
} from '../../kernel/index.ts'
import { lacks } from '../placement/backend-state.ts'
import { findSnapshot } from '../snapshots/row.ts'
import { changeSnapshot } from '../snapshots/write.ts'
import { whyNotSnapshot } from '../states.ts'
import { beginVolumeAction, startVolumeSaga } from '../volumes/begin.ts'
import { backupQuota } from '../volumes/count.ts'
import { volumeMetadata, volumeName } from '../volumes/create-input.ts'
import { findVolume, requireAllowed } from '../volumes/find.ts'
import type { VolumeRecord } from '../volumes/row.ts'
import { backupPrefix } from './objects.ts'
import { originOf } from './origin.ts'
import { backupChanged, backupParts, backupRow, type VolumeBackupRow } from './row.ts'

/** A backup that work is under way on. */
export interface BackupAccepted {
  operationId: string
  backup: VolumeBackupRow
}

/**
 * Copies what a volume or one of its snapshots holds to the store of backups: all of it, or with `incremental` what
 * differs from the newest backup of the volume. One that is in use is read from a snapshot that is taken for it.
 * @throws NephosError not_found, conflict, invalid_input when there is nothing to be incremental to, quota_exceeded
 */
export const createVolumeBackup = defineVerb({
  name: 'volume.backups.create',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({
    volumeId: z.uuid(),
    /** Of what it held then; left out: of what it holds now. */
    snapshotId: z.uuid().nullish(),
    name: volumeName.default(''),
    description: description.default(''),
    incremental: z.boolean().default(false),
    /** Also while it is in use: what its guest has not written yet is missing. */
    force: z.boolean().default(false),
    metadata: volumeMetadata.default({}),
  }),
  run: ({ ctx, input }): Promise<BackupAccepted> =>
    mutate(ctx, async (tx) => {
      const volume = await findVolume(ctx, input.volumeId, tx.db)
      const snapshot = input.snapshotId ? await findSnapshot(ctx, input.snapshotId, tx.db) : null
      if (snapshot && snapshot.volumeId !== volume.id)
        throw invalid('snapshotId', 'The snapshot is of another volume.')
      if (!snapshot) {
        requireAllowed('backup', volume)
        if (volume.status === 'in_use') await requireLive(tx, volume, input.force)
      }
      const parentId = input.incremental ? await takeParent(tx, volume) : null
      const id = newId()
      const backup = await tx.db.volumeBackup.create({
        data: {
          id,
          projectId: volume.projectId,
          userId: requireUser(ctx).userId,
          volumeId: volume.id,
          snapshotId: snapshot?.id ?? null,
          volumeName: volume.name,
          name: input.name,
          description: input.description,
          sizeGib: snapshot?.sizeGib ?? volume.sizeGib,
          parentId,
          store: imageStore(ctx.config, ctx.config.backupStore || undefined).name,
          container: backupPrefix(id),
          metadata: input.metadata,
          origin: originOf(volume),
          dataAt: snapshot?.createdAt ?? new Date(),
        },
        include: backupParts,
      })
      const plan = {
        verb: 'volume.backups.create',
        saga: 'volume-backup',
        resource: { id, name: backup.name },
        input: { volumeId: volume.id, incremental: input.incremental },
      } as const
      let operationId: string
      if (snapshot) {
        const why = whyNotSnapshot('use', snapshot.status)
        if (why) throw conflict(why)
        await changeSnapshot(tx, snapshot, { status: 'backing_up', failure: null })
        operationId = startVolumeSaga(tx, volume, plan)
      } else ({ operationId } = await beginVolumeAction(tx, volume, { ...plan, action: 'backup' }))
      backupChanged(tx, 'created', backup)
      await takeQuota(tx.db, volume.projectId, backupQuota(backup.sizeGib))
      return { operationId, backup: backupRow(backup) }
    }),
})

/** @throws NephosError conflict when a volume that is in use cannot be read, or nobody said that it may be */
async function requireLive(tx: MutationTx, volume: VolumeRecord, force: boolean): Promise<void> {
  if (!force)
    throw conflict('The volume is in use: its backup may lack what its guest has not written yet.', {
      field: 'force',
      remedy: 'Detach the volume first, or make the backup all the same.',
    })
  const backend =
    volume.backendId && (await tx.db.volumeBackend.findUnique({ where: { id: volume.backendId } }))
  const why = backend ? lacks(backend, 'liveSnapshot') : null
  if (why) throw conflict(why, { remedy: 'Detach the volume first.' })
}

/** The newest backup of the volume, which is kept from being deleted until the transaction ends. */
async function takeParent(tx: MutationTx, volume: VolumeRecord): Promise<string> {
  const ready = { status: { in: ['available' as const, 'restoring' as const] } }
  const parent = await tx.db.volumeBackup.findFirst({
    where: { volumeId: volume.id, projectId: volume.projectId, ...ready },
    orderBy: [{ dataAt: 'desc' }, { id: 'desc' }],
    select: { id: true },
  })
  const { count } = parent
    ? await tx.db.volumeBackup.updateMany({
        where: { id: parent.id, ...ready },
        data: { generation: { increment: 1 } },
      })
    : { count: 0 }
  if (!parent || count === 0)
    throw invalid(
      'incremental',
      'The volume has no backup that this one could build on.',
      'Make a full backup first.',
    )
  return parent.id
}
