import { timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import {
  conflict,
  defineVerb,
  isAdmin,
  mutate,
  notFound,
  requireProject,
  requireUser,
  returnQuota,
  takeQuota,
} from '../../kernel/index.ts'
import { snapshotChanged, snapshotParts } from '../snapshots/row.ts'
import { chooseType } from '../types/choose.ts'
import { snapshotQuota, volumeQuota } from '../volumes/count.ts'
import { readVolume, type VolumeRow, volumeChanged, volumeRow } from '../volumes/row.ts'
import { writeVolume } from '../volumes/write.ts'
import { hashTransferKey } from './create.ts'
import { transferChanged, transferParts, transferRow } from './row.ts'

const same = (a: string, b: string) => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

/**
 * Takes over a volume that another project offers, with its snapshots. They count for this project from then on.
 * @throws NephosError not_found for an unknown offer or a wrong key, conflict, quota_exceeded
 */
export const acceptVolumeTransfer = defineVerb({
  name: 'volume.transfers.accept',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.uuid(), authKey: z.string().min(1).max(255) }),
  run: ({ ctx, input: { id, authKey } }): Promise<VolumeRow> => {
    const { id: projectId } = requireProject(ctx)
    const { userId } = requireUser(ctx)
    return mutate(ctx, async (tx) => {
      const transfer = await tx.db.volumeTransfer.findUnique({ where: { id }, include: transferParts })
      if (!transfer || !same(transfer.keyHash, hashTransferKey(authKey)))
        throw notFound('transfer with this key', id)
      const volume = await readVolume(tx.db, transfer.volumeId)
      if (volume?.status !== 'awaiting_transfer')
        throw conflict('The volume is not offered any more.', {
          remedy: 'Ask its project to offer it again.',
        })
      await chooseType(ctx, tx.db, projectId, volume.typeId)
      await tx.db.volumeTransfer.deleteMany({ where: { id } })
      await tx.db.volumeSnapshot.updateMany({ where: { volumeId: volume.id }, data: { projectId } })
      const written = await writeVolume(tx.db, volume, {
        projectId,
        userId,
        status: 'available',
        previousStatus: null,
      })
      if (!written) throw conflict('The volume was just changed by someone else.', { remedy: 'Try again.' })
      const snapshots = await tx.db.volumeSnapshot.findMany({
        where: { volumeId: volume.id },
        include: snapshotParts,
      })
      // First what is gone for the one project: administrators see every event, for them it is still there.
      volumeChanged(tx, 'deleted', volume)
      volumeChanged(tx, 'created', written)
      for (const snapshot of snapshots) {
        snapshotChanged(tx, 'deleted', { id: snapshot.id, projectId: volume.projectId })
        snapshotChanged(tx, 'created', snapshot)
      }
      transferChanged(tx, 'deleted', transferRow(transfer))
      for (const owner of new Set([volume.projectId, projectId]))
        tx.audit({
          verb: 'volume.transfers.accept',
          resourceType: 'volume',
          resourceId: volume.id,
          resourceName: volume.name,
          projectId: owner,
          detail: { from: volume.projectId, to: projectId },
        })
      if (volume.projectId !== projectId) {
        const amounts: Record<string, number> = {}
        for (const part of [
          volumeQuota(volume.type.name, volume.sizeGib),
          ...snapshots.map(({ sizeGib }) => snapshotQuota(volume.type.name, sizeGib)),
        ])
          for (const [resource, amount] of Object.entries(part))
            amounts[resource] = (amounts[resource] ?? 0) + (amount ?? 0)
        await returnQuota(tx.db, volume.projectId, amounts)
        await takeQuota(tx.db, projectId, amounts)
      }
      return volumeRow(written, { admin: isAdmin(ctx.actor) })
    })
  },
})
