import { NephosError, readOrigin, releaseBackupSource } from '@nephos/core'
import type { Saga, StepContext } from '@nephos/jobs'
import { z } from 'zod'
import { checksumOf } from '../backup/manifest.ts'
import { openBackup, putBackupObject, putManifest, removeBackupObjects } from '../backup/stored-backup.ts'
import { writeBackup } from '../backup/write-backup.ts'
import type { VolumeDeps } from '../deps.ts'
import type { DiskReader } from '../driver.ts'
import { storedVolume } from '../stored.ts'
import { type BackupState, loadBackup, settleBackup } from './load-backup.ts'

const mib = 1024 ** 2
const written = z.object({ objectCount: z.number(), storedBytes: z.number(), checksum: z.string() })
/** A volume that guests use is read from a snapshot that nobody else sees: it has the operation's id. */
const needsSnapshot = ({ backup, volume }: BackupState) =>
  backup.snapshotId === null && volume.previousStatus === 'in_use'

/**
 * Copies a volume or a snapshot to the store of backups. The volume is what it was before, whatever comes of it; what
 * failed leaves nothing in the store, and the backup in error.
 */
export function volumeBackup(deps: VolumeDeps): Saga<BackupState> {
  const { services, backends, lock } = deps
  const dropSnapshot = async ({ state }: { state: BackupState }) => {
    if (!needsSnapshot(state)) return
    const { operation, volume } = state
    await lock.run(volume.id, () =>
      backends.driver(volume.backendId).deleteSnapshot(storedVolume(services, volume), operation.id, null),
    )
  }
  return {
    name: 'volume-backup',
    steps: [
      {
        name: 'hold-contents',
        run: async ({ state }) => {
          if (!needsSnapshot(state)) return undefined
          const { operation, volume } = state
          const place = await lock.run(volume.id, () =>
            backends.driver(volume.backendId).snapshot(storedVolume(services, volume), operation.id),
          )
          return { place: (place ?? null) as never }
        },
        undo: dropSnapshot,
      },
      {
        name: 'store-contents',
        run: async (step) => {
          const reader = await openSource(deps, step)
          try {
            return await store(deps, step, reader)
          } finally {
            await reader.close()
          }
        },
        undo: ({ state: { backup } }) => removeBackupObjects(services, backup.id),
      },
      {
        name: 'let-go',
        run: async ({ state }) => {
          await dropSnapshot({ state })
          return undefined
        },
      },
    ],
    load: (operation) => loadBackup(deps, operation),
    succeed: (state, outputs) => {
      const { storedBytes, ...rest } = written.parse(outputs['store-contents'])
      return settleBackup(
        deps,
        state,
        { ...rest, storedBytes: BigInt(storedBytes), status: 'available', failure: null },
        (tx) => releaseBackupSource(tx, state.backup),
      )
    },
    fail: (state, failure) =>
      settleBackup(
        deps,
        state,
        { status: 'error', failure: failure.message, objectCount: 0, storedBytes: 0n },
        (tx) => releaseBackupSource(tx, state.backup),
      ),
  }
}

async function openSource(
  { services, backends }: VolumeDeps,
  { state: { operation, volume, backup }, outputs }: StepContext<BackupState>,
): Promise<DiskReader> {
  const driver = backends.driver(volume.backendId)
  const stored = storedVolume(services, volume)
  if (backup.snapshotId) {
    const { snapshotId } = backup
    const snapshot = await services.db.volumeSnapshot.findUnique({ where: { id: snapshotId } })
    if (!snapshot) throw new NephosError('not_found', 'The snapshot was deleted.')
    return driver.reader(stored, { snapshotId, place: snapshot.place })
  }
  const held = outputs['hold-contents'] as { place: unknown } | undefined
  return driver.reader(stored, held ? { snapshotId: operation.id, place: held.place } : undefined)
}

async function store(
  { services }: VolumeDeps,
  { state: { backup }, signal, progress }: StepContext<BackupState>,
  reader: DiskReader,
) {
  // Of an attempt that has died.
  await removeBackupObjects(services, backup.id)
  const parent = backup.parentId ? (await openBackup(services, backup.parentId)).manifest : null
  const total = Math.ceil(reader.sizeBytes / mib)
  const { manifest, objectCount, storedBytes } = await writeBackup({
    backupId: backup.id,
    reader,
    parent,
    compress: !readOrigin(backup).encrypted,
    put: (index, parts) => putBackupObject(services, backup, index, parts),
    signal,
    onProgress: (done, stored) =>
      progress(
        `Read ${Math.floor(done / mib)} of ${total} MiB, stored ${Math.ceil(stored / mib)} MiB`,
        Math.min(99, Math.floor((100 * done) / reader.sizeBytes)),
      ),
  })
  const listed = await putManifest(services, backup, manifest)
  return { objectCount, storedBytes: storedBytes + listed, checksum: checksumOf(manifest) }
}
