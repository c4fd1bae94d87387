import { z } from 'zod'
import { defineVerb, isAdmin, mutate } from '../../kernel/index.ts'
import { beginMove } from '../placement/move.ts'
import type { VolumeAccepted } from './create.ts'
import { findVolume, requireAllowed, volumeIdInput } from './find.ts'
import { volumeRow } from './row.ts'

/**
 * Moves a volume that nobody uses to another back end of its host: the one that is named, or the one with the most room
 * that does for its type.
 * @throws NephosError not_found, conflict
 */
export const migrateVolume = defineVerb({
  name: 'volume.volumes.migrate',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: volumeIdInput.extend({ backendId: z.uuid().optional() }),
  run: ({ ctx, input: { id, backendId } }): Promise<VolumeAccepted> =>
    mutate(ctx, async (tx) => {
      const volume = await findVolume(ctx, id, tx.db)
      requireAllowed('migrate', volume)
      const type = await tx.db.volumeType.findUniqueOrThrow({ where: { id: volume.typeId } })
      const { operationId, volume: written } = await beginMove(tx, volume, {
        action: 'migrate',
        verb: 'volume.volumes.migrate',
        type,
        backendId,
        downTime: ctx.config.serviceDownTime,
      })
      return { operationId, volume: volumeRow(written, { admin: isAdmin(ctx.actor) }) }
    }),
})
