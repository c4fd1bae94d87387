import type { Db, Tx } from '@nephos/db'
import { NephosError } from '../../kernel/errors.ts'

/** Whether the root disk of an instance is a volume. */
export const bootsFromVolume = async (db: Db | Tx, instanceId: string): Promise<boolean> =>
  (await db.volumeAttachment.count({ where: { instanceId, bootIndex: 0 } })) > 0

/**
 * For what is done to the root disk in the machine's own directory.
 * @param what `be rebuilt`
 * @throws NephosError unsupported when the root disk is a volume
 */
export async function requireOwnRoot(db: Db | Tx, instanceId: string, what: string): Promise<void> {
  if (!(await bootsFromVolume(db, instanceId))) return
  throw new NephosError('unsupported', `An instance that boots from a volume cannot ${what}.`, {
    remedy: 'Make a snapshot of the volume; a new instance can boot from that.',
  })
}
