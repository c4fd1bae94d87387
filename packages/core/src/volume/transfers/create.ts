import { createHash, randomBytes } from 'node:crypto'
import { newId } from '@nephos/db'
import { z } from 'zod'
import { defineVerb, mutate } from '../../kernel/index.ts'
import { volumeName } from '../volumes/create-input.ts'
import { findVolume, requireAllowed } from '../volumes/find.ts'
import { changeVolume } from '../volumes/write.ts'
import { transferChanged, transferParts, transferRow, type VolumeTransferRow } from './row.ts'

/** What is kept of the key of a transfer. */
export const hashTransferKey = (key: string): string => createHash('sha256').update(key).digest('hex')

/**
 * Offers a volume to whoever has the key that this answers: it is shown only once.
 * @throws NephosError not_found, conflict unless the volume is available
 */
export const createVolumeTransfer = defineVerb({
  name: 'volume.transfers.create',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ volumeId: z.uuid(), name: volumeName.default('') }),
  run: ({ ctx, input: { volumeId, name } }): Promise<VolumeTransferRow & { authKey: string }> =>
    mutate(ctx, async (tx) => {
      const volume = await findVolume(ctx, volumeId, tx.db)
      requireAllowed('transfer', volume)
      const authKey = randomBytes(18).toString('base64url')
      const transfer = await tx.db.volumeTransfer.create({
        data: {
          id: newId(),
          volumeId,
          projectId: volume.projectId,
          name,
          keyHash: hashTransferKey(authKey),
        },
        include: transferParts,
      })
      await changeVolume(tx, volume, { status: 'awaiting_transfer', previousStatus: volume.status })
      const row = transferRow(transfer)
      transferChanged(tx, 'created', row)
      tx.audit({
        verb: 'volume.transfers.create',
        resourceType: 'volume',
        resourceId: volumeId,
        resourceName: volume.name,
        projectId: volume.projectId,
        detail: { transferId: row.id },
      })
      return { ...row, authKey }
    }),
})
