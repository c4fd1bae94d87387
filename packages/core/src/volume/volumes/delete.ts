import { z } from 'zod'
import { conflict, defineVerb, isAdmin, type MutationTx, mutate } from '../../kernel/index.ts'
import { whyNotSnapshot } from '../states.ts'
import { beginVolumeDelete } from './begin-delete.ts'
import { findVolume, requireAllowed } from './find.ts'
import { readVolume, type VolumeRecord, type VolumeRow, volumeRow } from './row.ts'

/** What an accepted deletion answers. */
export interface VolumeDeleteAccepted {
  operationId: string
  volume: VolumeRow
}

/**
 * Deletes a volume; with `cascade` its snapshots, too. What was copied from it stays.
 * @throws NephosError not_found, conflict while it is attached, at work, or has snapshots
 */
export const deleteVolume = defineVerb({
  name: 'volume.volumes.delete',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.uuid(), cascade: z.boolean().default(false) }),
  run: ({ ctx, input: { id, cascade } }): Promise<VolumeDeleteAccepted> =>
    mutate(ctx, async (tx) => {
      const volume = await findVolume(ctx, id, tx.db)
      requireAllowed('delete', volume)
      if (volume._count.snapshots > 0 && !cascade)
        throw conflict(
          `The volume has ${volume._count.snapshots === 1 ? 'a snapshot' : `${volume._count.snapshots} snapshots`}.`,
          {
            remedy: 'Delete its snapshots first, or together with it.',
            detail: { snapshots: volume._count.snapshots },
          },
        )
      await requireNoCopies(tx, volume)
      await markSnapshots(tx, volume)
      const operationId = await beginVolumeDelete(tx, volume)
      return { operationId, volume: volumeRow((await readVolume(tx.db, id))!, { admin: isAdmin(ctx.actor) }) }
    }),
})

/** A volume that is being copied must stay until the copy is whole. */
async function requireNoCopies(tx: MutationTx, volume: VolumeRecord): Promise<void> {
  const copies = await tx.db.volume.count({
    where: { sourceVolumeId: volume.id, status: 'creating' },
  })
  if (copies > 0)
    throw conflict('The volume is being copied at this moment.', { remedy: 'Wait until the copy is made.' })
}

async function markSnapshots(tx: MutationTx, volume: VolumeRecord): Promise<void> {
  const snapshots = await tx.db.volumeSnapshot.findMany({ where: { volumeId: volume.id } })
  for (const { status } of snapshots) {
    const why = status === 'deleting' ? null : whyNotSnapshot('delete', status)
    if (why) throw conflict(why)
  }
  await tx.db.volumeSnapshot.updateMany({
    where: { volumeId: volume.id },
    data: { status: 'deleting', generation: { increment: 1 } },
  })
}

/**
 * Deletes a volume whatever its status says, with its snapshots; for administrators who clear up.
 * @throws NephosError not_found, conflict while it is attached
 */
export const forceDeleteVolume = defineVerb({
  name: 'volume.volumes.forceDelete',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({ id: z.uuid() }),
  run: ({ ctx, input: { id } }): Promise<VolumeDeleteAccepted> =>
    mutate(ctx, async (tx) => {
      const volume = await findVolume(ctx, id, tx.db)
      requireAllowed('forceDelete', volume)
      await tx.db.volumeSnapshot.updateMany({
        where: { volumeId: id },
        data: { status: 'deleting', generation: { increment: 1 } },
      })
      const backups = await tx.db.volumeBackup.findMany({
        where: { volumeId: id, status: 'creating' },
        select: { id: true },
      })
      await tx.db.operation.updateMany({
        where: {
          resourceType: { in: ['volume', 'volume_backup'] },
          resourceId: { in: [id, ...backups.map((backup) => backup.id)] },
          status: { in: ['queued', 'running'] },
        },
        data: { cancelRequested: true },
      })
      const operationId = await beginVolumeDelete(tx, volume, {
        verb: 'volume.volumes.forceDelete',
        force: true,
      })
      return { operationId, volume: volumeRow((await readVolume(tx.db, id))!, { admin: isAdmin(ctx.actor) }) }
    }),
})
