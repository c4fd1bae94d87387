import { defineVerb, mutate } from '../../kernel/index.ts'
import { volumeIdInput } from '../volumes/find.ts'
import { readVolume } from '../volumes/row.ts'
import { changeVolume } from '../volumes/write.ts'
import { findTransfer, transferChanged } from './row.ts'

/** Withdraws the offer of a volume. @throws NephosError not_found */
export const deleteVolumeTransfer = defineVerb({
  name: 'volume.transfers.delete',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: volumeIdInput,
  run: ({ ctx, input: { id } }): Promise<Record<string, never>> =>
    mutate(ctx, async (tx) => {
      const row = await findTransfer(ctx, id, tx.db)
      await tx.db.volumeTransfer.deleteMany({ where: { id } })
      const volume = await readVolume(tx.db, row.volumeId)
      if (volume?.status === 'awaiting_transfer')
        await changeVolume(tx, volume, { status: 'available', previousStatus: null })
      transferChanged(tx, 'deleted', row)
      tx.audit({
        verb: 'volume.transfers.delete',
        resourceType: 'volume',
        resourceId: row.volumeId,
        resourceName: row.volumeName,
        projectId: row.projectId,
        detail: { transferId: id },
      })
      return {}
    }),
})
