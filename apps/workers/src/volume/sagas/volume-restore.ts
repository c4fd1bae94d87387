import { NephosError, noJson, readBackup, readOrigin, type VolumeRecord } from '@nephos/core'
import type { Saga, StepContext } from '@nephos/jobs'
import { z } from 'zod'
import { backupPieces } from '../backup/read-backup.ts'
import { openBackup } from '../backup/stored-backup.ts'
import type { VolumeDeps } from '../deps.ts'
import type { DiskWriter } from '../driver.ts'
import { bytesOf, storedVolume } from '../stored.ts'
import { loadVolume, settleVolume, type VolumeState, waitVolumeTurn } from './load.ts'

const input = z.object({ backupId: z.uuid() })
const restoring: VolumeRecord['status'][] = ['restoring_backup']
const mib = 1024 ** 2

/** Replaces what is on a volume by what a backup holds. There is no undo: what was on it is gone. */
export function volumeRestore(deps: VolumeDeps): Saga<VolumeState> {
  const { services, backends, lock } = deps
  return {
    name: 'volume-restore',
    cancellable: false,
    steps: [
      waitVolumeTurn(deps),
      {
        name: 'write-contents',
        run: async (step) => {
          const { volume } = step.state
          await lock.run(volume.id, async () => {
            const writer = await backends.driver(volume.backendId).writer(storedVolume(services, volume))
            try {
              await fill(deps, step, writer)
              await writer.flush()
            } finally {
              await writer.close()
            }
          })
          return undefined
        },
      },
    ],
    load: (operation) => loadVolume(deps, operation, restoring),
    succeed: async (state) => {
      const backup = await readBackup(services.db, input.parse(state.operation.input).backupId)
      if (!backup) throw new NephosError('not_found', 'The backup was deleted.')
      const { bootable, sealedKey, imageProperties } = readOrigin(backup)
      await settleVolume(deps, state, restoring, ({ previousStatus }) => ({
        status: previousStatus ?? 'available',
        previousStatus: null,
        failure: null,
        bootable,
        imageProperties: imageProperties ?? noJson,
        // The bytes are as they were stored, and so is the key that opens them.
        sealedKey,
      }))
    },
    fail: (state, failure) =>
      settleVolume(deps, state, restoring, () => ({ status: 'error_restoring', failure: failure.message })),
  }
}

async function fill(
  { services }: VolumeDeps,
  { state: { operation, volume }, signal, progress }: StepContext<VolumeState>,
  writer: DiskWriter,
): Promise<void> {
  const { backupId } = input.parse(operation.input)
  const { manifest, read } = await openBackup(services, backupId)
  const backup = await services.db.volumeBackup.findUniqueOrThrow({ where: { id: backupId } })
  const total = Math.ceil(manifest.sizeBytes / mib)
  let at = 0
  const clear = async (end: number) => {
    if (end > at) await writer.zero(at, end - at)
    at = Math.max(at, end)
  }
  for await (const { offset, bytes } of backupPieces(manifest, read)) {
    if (signal.aborted)
      throw new NephosError('cancelled', 'The restoration was interrupted.', { cause: signal.reason })
    await clear(offset)
    await writer.write(offset, bytes)
    at = offset + bytes.length
    progress(
      `Restored ${Math.floor(at / mib)} of ${total} MiB`,
      Math.min(99, Math.floor((100 * at) / manifest.sizeBytes)),
    )
  }
  // The volume may be larger, and its disk has what LUKS needs beside that.
  await clear(manifest.sizeBytes + bytesOf(volume.sizeGib - backup.sizeGib))
}
