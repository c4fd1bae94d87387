import { defineVerb, isAdmin, mutate, requireProject, requireUser } from '../../kernel/index.ts'
import { volumeCreateInput } from './create-input.ts'
import { insertVolume } from './insert.ts'
import { planVolume } from './plan.ts'
import { type VolumeRow, volumeRow } from './row.ts'

/** A volume that is being made, and the work that makes it. */
export interface VolumeAccepted {
  operationId: string
  volume: VolumeRow
}

/**
 * Makes a volume: empty, or from an image, a snapshot or another volume. It answers at once; the work goes on.
 * @throws NephosError invalid_input, not_found, conflict, quota_exceeded
 */
export const createVolume = defineVerb({
  name: 'volume.volumes.create',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: volumeCreateInput,
  run: ({ ctx, input }): Promise<VolumeAccepted> => {
    const owner = { projectId: requireProject(ctx).id, userId: requireUser(ctx).userId }
    return mutate(ctx, async (tx) => {
      const planned = await planVolume(ctx, tx.db, owner, input)
      const { volume, operationId } = await insertVolume(tx, planned)
      return { operationId, volume: volumeRow(volume, { admin: isAdmin(ctx.actor) }) }
    })
  },
})
