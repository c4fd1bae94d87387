import type { MigrationRecord } from '@nephos/core'
import type { ComputeDeps } from '../deps.ts'
import type { LiveProgress } from '../moves.ts'
import { moveProgress } from './write.ts'

const everyMs = 500

/**
 * Makes what shows how far a live migration is, and tells whether its guest shall stand still: asked for by a person,
 * and only for its memory, as disks are copied in step with what the guest writes.
 */
export function liveProgress(deps: ComputeDeps, migration: MigrationRecord) {
  const { db } = deps.services
  const show = moveProgress(deps, migration)
  let pauseRequested = migration.pauseRequested
  let last = Number.NEGATIVE_INFINITY
  return async ({ phase, doneBytes, totalBytes }: LiveProgress): Promise<{ pause: boolean }> => {
    if (performance.now() - last >= everyMs) {
      last = performance.now()
      // What cannot be shown now does not stop a copy.
      const row = await db.migration
        .findUnique({ where: { id: migration.id }, select: { pauseRequested: true } })
        .catch(() => null)
      pauseRequested = row?.pauseRequested ?? pauseRequested
      migration.pauseRequested = pauseRequested
      await show(doneBytes, totalBytes).catch(() => {})
    }
    return { pause: pauseRequested && phase === 'memory' }
  }
}
