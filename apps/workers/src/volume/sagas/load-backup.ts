import {
  type BackupRecord,
  changeBackup,
  LostRace,
  type MutationTx,
  mutate,
  readBackup,
  readVolume,
  systemCtx,
} from '@nephos/core'
import { type SagaOperation, WorkElsewhere } from '@nephos/jobs'
import type { VolumeDeps } from '../deps.ts'
import type { VolumeState } from './load.ts'

/** What a saga of a backup is about. */
export interface BackupState extends VolumeState {
  backup: BackupRecord
}

/**
 * Reads the backup of an operation with its volume; null when one of them is gone or newer work has it.
 * @throws WorkElsewhere when the back end of the volume is on another host
 */
export async function loadBackup(
  { services, hostName }: VolumeDeps,
  operation: SagaOperation,
): Promise<BackupState | null> {
  const backup = await readBackup(services.db, operation.resourceId)
  const volume = backup?.status === 'creating' && (await readVolume(services.db, backup.volumeId))
  if (!volume) return null
  if (volume.backend?.hostName !== hostName) throw new WorkElsewhere()
  return { operation, volume, backup }
}

/** Writes what a saga of a backup ends with, by compare-and-set, looking again after a lost race. */
export const settleBackup = (
  { services, hostName }: VolumeDeps,
  { operation, backup: { id } }: BackupState,
  changes: Parameters<typeof changeBackup>[2],
  alsoDo: (tx: MutationTx) => Promise<void>,
): Promise<void> =>
  mutate(systemCtx(services, `volume on ${hostName}`, operation.requestId), async (tx) => {
    const backup = await readBackup(tx.db, id)
    if (backup?.status === 'creating')
      await changeBackup(tx, backup, changes).catch((error: { code?: string }) => {
        throw error.code === 'conflict' ? new LostRace(error) : error
      })
    await alsoDo(tx)
  })
