import { NephosError } from '@nephos/core/errors'
import type { ImageCache } from '../../../compute/drivers/qemu/image-cache.ts'
import type { DiskPiece, StoredVolume, VolumeSource, VolumeWork } from '../../driver.ts'
import type { StorageDaemon } from './daemon.ts'
import { copySnapshot, createBlank, createOverImage, type DiskPlace } from './disk-files.ts'
import { diskNode } from './disk-node.ts'
import { fill } from './fill.ts'
import { encryptImage, formatLuks, luksPayloadOffset } from './luks.ts'
import { openWorkDisk } from './work-server.ts'

/** What making a disk needs of the driver. */
export interface CreateTools {
  cache: ImageCache
  /** Path of a socket for work of our own. */
  socket: string
  /** Runs a task while a daemon has the new disk. */
  withDaemon: (task: (daemon: StorageDaemon) => Promise<void>) => Promise<void>
  /** Runs a task while a volume has a snapshot of this moment, or of then. */
  withSnapshot: (
    source: Extract<VolumeSource, { kind: 'snapshot' | 'volume' }>,
    task: (place: DiskPlace, snapshot: string, opened: () => void) => Promise<void>,
  ) => Promise<void>
}

/**
 * Makes the disk of a new volume.
 * @returns bytes of it that are not the guest's
 * @throws NephosError
 */
export async function createDisk(
  place: DiskPlace,
  volume: StoredVolume,
  source: VolumeSource,
  work: VolumeWork,
  tools: CreateTools,
): Promise<number> {
  const { sizeBytes, passphrase } = volume
  const percent = (done: number) => work.onProgress((sizeBytes * done) / 100, sizeBytes)
  switch (source.kind) {
    case 'blank':
      await blank(place, volume, tools)
      break
    case 'image': {
      const image = { imageId: volume.volumeId, ...source }
      await tools.cache.ensure(image, {
        signal: work.signal,
        onProgress: (bytes) => work.onProgress(bytes, source.sizeBytes),
      })
      const cached = { path: tools.cache.path(image), format: source.format }
      if (!passphrase) {
        await createOverImage(place, cached, sizeBytes)
        break
      }
      await blank(place, volume, tools)
      await encryptImage(cached, place, passphrase, { signal: work.signal, onPercent: percent })
      break
    }
    case 'snapshot':
    case 'volume':
      await tools.withSnapshot(source, async (from, snapshot, opened) => {
        await copySnapshot(from, snapshot, place, {
          signal: work.signal,
          onPercent: (done) => {
            opened()
            percent(done)
          },
        })
      })
      break
    case 'pieces':
      return fromPieces(place, volume, source.pieces(), work, tools.socket)
  }
  return passphrase ? headerBytes(place, tools.socket) : 0
}

async function blank(place: DiskPlace, { sizeBytes, passphrase }: StoredVolume, tools: CreateTools) {
  await createBlank(place, sizeBytes)
  if (passphrase) await tools.withDaemon((daemon) => formatLuks(daemon, passphrase, sizeBytes))
}

/** What another back end or a backup has: of an encrypted volume as it is stored, LUKS and all. */
async function fromPieces(
  place: DiskPlace,
  { sizeBytes, passphrase }: StoredVolume,
  source: AsyncIterable<DiskPiece>,
  work: VolumeWork,
  socket: string,
): Promise<number> {
  const pieces = source[Symbol.asyncIterator]()
  const first = await pieces.next()
  const begin = first.done || first.value.offset > 0 ? null : first.value.bytes
  const header = passphrase ? begin && luksPayloadOffset(begin) : 0
  if (header === null) {
    await pieces.return?.()
    throw new NephosError('driver_failed', 'The bytes of the encrypted volume are no LUKS.')
  }
  await createBlank(place, sizeBytes + header)
  const disk = await openWorkDisk({
    user: place.user,
    cwd: place.data,
    node: diskNode(null),
    socket,
    readOnly: false,
  })
  try {
    await fill(disk.client, joined(first, pieces), work)
  } finally {
    await disk.close()
  }
  return header
}

async function* joined(
  first: IteratorResult<DiskPiece>,
  rest: AsyncIterator<DiskPiece>,
): AsyncGenerator<DiskPiece> {
  try {
    for (let piece = first; !piece.done; piece = await rest.next()) yield piece.value
  } finally {
    await rest.return?.()
  }
}

/** Bytes before the guest's in a disk that is LUKS. */
async function headerBytes(place: DiskPlace, socket: string): Promise<number> {
  const node = diskNode(null, { readOnly: true })
  const disk = await openWorkDisk({ user: place.user, cwd: place.data, node, socket, readOnly: true })
  try {
    const header = luksPayloadOffset(await disk.client.read(0, 512))
    if (header === null) throw new NephosError('driver_failed', 'The disk is not LUKS.')
    return header
  } finally {
    await disk.close()
  }
}
