import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import {
  backupManifestKey,
  backupObjectKey,
  imageStore,
  NephosError,
  readBackup,
  type Services,
} from '@nephos/core'
import { type Manifest, packManifest, unpackManifest } from './manifest.ts'
import type { ReadObject } from './read-backup.ts'

type Known = Pick<Services, 'db' | 'config'>

/** Objects that are deleted at the same time. */
const atOnce = 8

const storeOf = ({ config }: Known, { store }: { store: string }) => imageStore(config, store || undefined)

/**
 * Stores an object of a backup that is being made. That it may exist is noted before it does, so that whoever clears up finds it.
 * @throws NephosError conflict when the backup was deleted meanwhile
 */
export async function putBackupObject(
  known: Known,
  backup: { id: string; store: string },
  index: number,
  parts: readonly Buffer[],
): Promise<void> {
  const { count } = await known.db.volumeBackup.updateMany({
    where: { id: backup.id, status: 'creating' },
    data: { objectCount: index + 1 },
  })
  if (count === 0)
    throw new NephosError('conflict', 'The backup was deleted or changed while it was being made.')
  await put(known, backup, backupObjectKey(backup.id, index), parts)
}

/** Stores what the backup consists of, last of all. @returns bytes that it takes */
export async function putManifest(
  known: Known,
  backup: { id: string; store: string },
  manifest: Manifest,
): Promise<number> {
  const bytes = await packManifest(manifest)
  await put(known, backup, backupManifestKey(backup.id), [bytes])
  return bytes.length
}

async function put(
  known: Known,
  backup: { store: string },
  key: string,
  parts: readonly Buffer[],
): Promise<void> {
  const size = parts.reduce((sum, { length }) => sum + length, 0)
  await storeOf(known, backup).put(key, Readable.from(parts, { objectMode: false }), size)
}

/** A backup that is open for reading: all that it needs of its parents is known. */
export interface OpenBackup {
  manifest: Manifest
  read: ReadObject
}

/**
 * Opens a backup for reading.
 * @throws NephosError not_found when it is gone, driver_failed when it or one of its parents is not what was stored
 */
export async function openBackup(known: Known, backupId: string): Promise<OpenBackup> {
  const backup = await readBackup(known.db, backupId)
  if (!backup) throw new NephosError('not_found', 'The backup was deleted.')
  const bytes = await buffer(await storeOf(known, backup).open(backupManifestKey(backupId)))
  const manifest = await unpackManifest(bytes, backup.checksum)
  const sources = await known.db.volumeBackup.findMany({
    where: { id: { in: manifest.sources } },
    select: { id: true, store: true },
  })
  const stores = new Map(sources.map((source) => [source.id, storeOf(known, source)]))
  return {
    manifest,
    read: async (sourceId, object, start, end) => {
      const store = stores.get(sourceId)
      if (!store) throw new NephosError('not_found', `Backup ${sourceId}, which this one builds on, is gone.`)
      return buffer(await store.open(backupObjectKey(sourceId, object), { start, end: end - 1 }))
    },
  }
}

/** Removes every object of a backup from its store, whichever there are. */
export async function removeBackupObjects(
  known: Known,
  backupId: string,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<void> {
  const backup = await readBackup(known.db, backupId)
  if (!backup) return
  const store = storeOf(known, backup)
  // Without it nobody takes the rest for a backup.
  await store.delete(backupManifestKey(backupId))
  const total = backup.objectCount
  for (let first = 0; first < total; first += atOnce) {
    const last = Math.min(total, first + atOnce)
    const keys = Array.from({ length: last - first }, (_, place) => backupObjectKey(backupId, first + place))
    await Promise.all(keys.map((key) => store.delete(key)))
    onProgress(last, total)
  }
}
