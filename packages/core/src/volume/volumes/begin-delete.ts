import type { MutationTx } from '../../kernel/index.ts'
import { startVolumeSaga } from './begin.ts'
import type { VolumeRecord } from './row.ts'
import { changeVolume } from './write.ts'

/**
 * Begins to delete a volume, in the caller's transaction, which has checked that it may be deleted. Its snapshots go
 * with it.
 * @returns the operation's id
 * @throws NephosError conflict when somebody else changed the volume meanwhile
 */
export async function beginVolumeDelete(
  tx: MutationTx,
  volume: VolumeRecord,
  { verb = 'volume.volumes.delete', force = false } = {},
): Promise<string> {
  const written = await changeVolume(tx, volume, { status: 'deleting', previousStatus: volume.status })
  return startVolumeSaga(tx, written, { verb, saga: 'volume-delete', input: { force } })
}
