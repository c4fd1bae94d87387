import { z } from 'zod'
import type { ComputeDeps } from '../deps.ts'
import type { MoveState } from '../sagas/move.ts'
import { lead } from './lead.ts'

/**
 * Whether the destination of a move sees the disks that the instance has here. It is looked at, not believed: this host
 * leaves a file beside them, and the destination says whether it finds it.
 * @throws NephosError driver_failed when it sees them and cannot use them
 */
export async function seesDisks(
  deps: ComputeDeps,
  { record, migration, destHost }: MoveState,
  signal?: AbortSignal,
): Promise<boolean> {
  const { storage } = deps.driver
  const probe = await storage.offer(record.id)
  if (!probe) return false
  try {
    return z
      .boolean()
      .parse(await lead(deps, destHost, 'look', { migrationId: migration.id, input: probe, signal }))
  } finally {
    await storage
      .withdraw(probe)
      .catch((error: unknown) =>
        deps.log.warn(
          { err: error, migrationId: migration.id },
          'a file beside the disks could not be removed',
        ),
      )
  }
}
