import { type Ctx, isAdmin, type Json, mutate } from '../../kernel/index.ts'
import type { VolumeAction } from '../states.ts'
import { findVolume, requireAllowed } from './find.ts'
import { type VolumeRecord, type VolumeRow, volumeRow } from './row.ts'
import { changeVolume, type VolumeChanges } from './write.ts'

/**
 * Changes columns of a volume that no work follows from, with its audit row.
 * @param plan.changes from the volume as it is; null: there is nothing to change
 * @throws NephosError not_found, conflict when its status does not allow the action
 */
export const editVolume = (
  ctx: Ctx,
  plan: {
    id: string
    verb: string
    action?: VolumeAction
    changes: (volume: VolumeRecord) => VolumeChanges | null
    detail?: { [key: string]: Json }
  },
): Promise<VolumeRow> =>
  mutate(ctx, async (tx) => {
    const admin = isAdmin(ctx.actor)
    const volume = await findVolume(ctx, plan.id, tx.db)
    requireAllowed(plan.action ?? 'edit', volume)
    const changes = plan.changes(volume)
    if (!changes) return volumeRow(volume, { admin })
    const written = await changeVolume(tx, volume, changes)
    tx.audit({
      verb: plan.verb,
      resourceType: 'volume',
      resourceId: volume.id,
      resourceName: written.name,
      projectId: volume.projectId,
      detail: plan.detail,
    })
    return volumeRow(written, { admin })
  })

/** Text by key after a change: all of it replaced, or some entries added and others removed. */
export const mergedText = (
  before: unknown,
  change: { set: Record<string, string>; remove: readonly string[]; replace: boolean },
): Record<string, string> => {
  const kept = change.replace ? {} : ((before ?? {}) as Record<string, string>)
  const merged = Object.entries({ ...kept, ...change.set })
  return Object.fromEntries(merged.filter(([key]) => !change.remove.includes(key)))
}
