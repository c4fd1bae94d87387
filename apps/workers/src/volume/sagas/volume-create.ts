import { randomBytes } from 'node:crypto'
import {
  byAttachments,
  NephosError,
  openImageForHost,
  readVolume,
  sealOf,
  type VolumeRecord,
} from '@nephos/core'
import type { Saga } from '@nephos/jobs'
import { backupPieces } from '../backup/read-backup.ts'
import { openBackup } from '../backup/stored-backup.ts'
import type { VolumeDeps } from '../deps.ts'
import { piecesFrom } from '../disk-pieces.ts'
import type { VolumeSource } from '../driver.ts'
import { sealPurposes, storedVolume } from '../stored.ts'
import { loadVolume, settleVolume, type VolumeState } from './load.ts'

const making: VolumeRecord['status'][] = ['creating', 'downloading']
const mib = 1024 ** 2

/** Makes a volume on the back end that the scheduler found. What failed leaves no bytes, and the volume in error. */
export function volumeCreate(deps: VolumeDeps): Saga<VolumeState> {
  const { services, backends, lock } = deps
  return {
    name: 'volume-create',
    // Step 0 is the scheduler's.
    firstPosition: 1,
    steps: [
      {
        name: 'make-secrets',
        run: async ({ state }) => {
          await keepSecrets(deps, state.volume)
          return undefined
        },
      },
      {
        name: 'make-volume',
        run: async ({ state, signal, progress }) => {
          const volume = (await readVolume(services.db, state.volume.id)) ?? state.volume
          if (volume.imageId && volume.status === 'creating')
            await settleVolume(deps, state, ['creating'], () => ({ status: 'downloading' }))
          const source = await sourceOf(deps, volume)
          progress(source.kind === 'blank' ? 'Making the volume' : 'Copying to the volume')
          const place = await lock.run(volume.id, () =>
            backends.driver(volume.backendId).create(storedVolume(services, volume), source, {
              signal,
              onProgress: (done, total) =>
                progress(
                  `Copied ${Math.floor(done / mib)} of ${Math.ceil(total / mib)} MiB`,
                  total > 0 ? Math.min(99, Math.floor((100 * done) / total)) : undefined,
                ),
            }),
          )
          return { place: (place ?? null) as never }
        },
        undo: async ({ state: { volume } }) => {
          await lock.run(volume.id, () =>
            backends.driver(volume.backendId).delete(storedVolume(services, volume)),
          )
        },
      },
    ],
    load: (operation) => loadVolume(deps, operation, making),
    succeed: (state, outputs) =>
      settleVolume(deps, state, making, (volume) => {
        const { place } = outputs['make-volume'] as { place: object | null }
        return {
          ...(place !== null && { place: place as never }),
          // From here on its status follows from who has set it aside.
          ...byAttachments({ ...volume, status: 'available' }),
          previousStatus: null,
          failure: null,
        }
      }),
    fail: (state, failure) =>
      settleVolume(deps, state, making, () => ({ status: 'error', failure: failure.message })),
  }
}

/** Makes the secrets of a volume once: whoever was first has decided. */
async function keepSecrets({ services }: VolumeDeps, { id, encrypted }: VolumeRecord): Promise<void> {
  const { db, config } = services
  const seal = sealOf(config)
  const secret = randomBytes(12).toString('base64url')
  await db.volume.updateMany({
    where: { id, sealedSecret: null },
    data: { sealedSecret: seal.close(secret, sealPurposes.secret) },
  })
  // QEMU takes passphrases that are text in UTF-8 only, also where it is given their base64.
  const key = Buffer.from(randomBytes(32).toString('hex')).toString('base64')
  if (encrypted)
    await db.volume.updateMany({
      where: { id, sealedKey: null },
      data: { sealedKey: seal.close(key, sealPurposes.key) },
    })
}

async function sourceOf({ services, backends }: VolumeDeps, volume: VolumeRecord): Promise<VolumeSource> {
  const { db } = services
  if (volume.imageId) {
    const { sha512, format, sizeBytes, open } = await openImageForHost(services, volume.imageId)
    return { kind: 'image', sha512, format, sizeBytes, open }
  }
  if (volume.snapshotId) {
    const snapshot = await db.volumeSnapshot.findUnique({ where: { id: volume.snapshotId } })
    const of = snapshot && (await readVolume(db, snapshot.volumeId))
    if (!snapshot || !of) throw gone('snapshot')
    const stored = storedVolume(services, of)
    if (of.backendId === volume.backendId)
      return { kind: 'snapshot', volume: stored, snapshotId: snapshot.id, snapshotPlace: snapshot.place }
    const from = { snapshotId: snapshot.id, place: snapshot.place }
    return piecesFrom(() => backends.driver(of.backendId).reader(stored, from))
  }
  if (volume.backupId) {
    const { manifest, read } = await openBackup(services, volume.backupId)
    return { kind: 'pieces', pieces: () => backupPieces(manifest, read) }
  }
  if (!volume.sourceVolumeId) return { kind: 'blank' }
  const of = await readVolume(db, volume.sourceVolumeId)
  if (!of) throw gone('volume')
  const stored = storedVolume(services, of)
  if (of.backendId === volume.backendId) return { kind: 'volume', volume: stored }
  return piecesFrom(() => backends.driver(of.backendId).reader(stored))
}

const gone = (what: string) =>
  new NephosError('not_found', `The ${what} that the volume is made from was deleted.`)
