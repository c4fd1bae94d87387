import { type MigrationRecord, NephosError } from '@nephos/core'
import type { ComputeDeps } from '../deps.ts'
import type { LiveProgress } from '../moves.ts'
import { moveProgress } from './write.ts'

const everyMs = 500
const gib = 1024 ** 3

/** How long so much may take to be copied, in ms, at `perGib` seconds a GiB; it counts as 2 GiB at least. */
export const copyTimeoutMs = (totalBytes: number, perGib: number): number =>
  Math.max(2, Math.ceil(totalBytes / gib)) * perGib * 1_000

/**
 * Makes what shows how far a live migration is, and tells whether its guest shall stand still: asked for by a person,
 * or by the configuration for one that takes too long, and only for its memory, as disks are copied in step with what
 * the guest writes. What is made throws driver_failed when a move that takes too long is to be given up.
 */
export function liveProgress(deps: ComputeDeps, migration: MigrationRecord) {
  const { db, config, log } = deps.services
  const began = performance.now()
  let late = false
  const isLate = (totalBytes: number): boolean => {
    const { liveMigrationTimeout: perGib, liveMigrationTimeoutAction: action } = config
    if (late || perGib === 0) return late
    const timeoutMs = copyTimeoutMs(totalBytes, perGib)
    if (performance.now() - began < timeoutMs) return false
    if (action === 'abort')
      throw new NephosError(
        'driver_failed',
        `The guest was not copied within ${Math.ceil(timeoutMs / 1_000)} s; it stays where it was.`,
        { remedy: 'Move it with “complete now”, or raise live_migration_timeout.' },
      )
    late = true
    log.info({ migrationId: migration.id }, 'a guest stands still: its live migration takes too long')
    return true
  }
  const show = moveProgress(deps, migration)
  let pauseRequested = migration.pauseRequested
  let last = Number.NEGATIVE_INFINITY
  return async ({ phase, doneBytes, totalBytes }: LiveProgress): Promise<{ pause: boolean }> => {
    const pause = isLate(totalBytes)
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
    return { pause: (pause || pauseRequested) && phase === 'memory' }
  }
}
