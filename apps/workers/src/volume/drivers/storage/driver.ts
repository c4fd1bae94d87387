import { randomBytes, randomUUID } from 'node:crypto'
import { chmod, chown, mkdir, readdir, rename, rm, statfs } from 'node:fs/promises'
import type { VolumeConnector, VolumeRoute } from '@nephos/core'
import { NephosError } from '@nephos/core/errors'
import { z } from 'zod'
import { readJson, writeJson } from '../../../compute/drivers/atomic-file.ts'
import { KeyedLock } from '../../../compute/drivers/keyed-lock.ts'
import { ImageCache } from '../../../compute/drivers/qemu/image-cache.ts'
import type {
  DiskReader,
  DiskWriter,
  StoredVolume,
  VolumeCapacity,
  VolumeDriver,
  VolumeSource,
  VolumeWork,
} from '../../driver.ts'
import { createDisk } from './create.ts'
import {
  baseOf,
  type DiskPlace,
  growDisk,
  removeDir,
  setDiskSize,
  sizeOfDisk,
  snapshotDisk,
  snapshotsOf,
  sweepParts,
} from './disk-files.ts'
import { diskNode, diskNodeName } from './disk-node.ts'
import type { Exporter } from './exporter.ts'
import type { StorageOptions } from './options.ts'
import { isVolumeId, type VolumePaths, volumePaths } from './paths.ts'
import { Serving } from './serving.ts'
import { openWorkDisk } from './work-server.ts'

const placeSchema = z.object({ headerBytes: z.number().int().min(0) })
/** What is kept of a volume: bytes of its disk that are not the guest's, because LUKS needs them. */
type Place = z.output<typeof placeSchema>
const snapshotPlaceSchema = z.object({ sizeBytes: z.number().int().min(0) })
/** What is kept of a snapshot: how large the disk was. */
type SnapshotPlace = z.output<typeof snapshotPlaceSchema>

/**
 * Volumes as qcow2 files, whose snapshots are inside them. While somebody is connected to one, a storage daemon has
 * its file ({@link Serving}), and an {@link Exporter} says how that is reached; so snapshots, growing and several users
 * work alike for all back ends.
 */
export class StorageDriver implements VolumeDriver {
  readonly #options: StorageOptions
  readonly #exporter: Exporter
  readonly #cache: ImageCache
  readonly #lock = new KeyedLock()
  readonly #serving: Serving

  constructor(options: StorageOptions, exporter: Exporter) {
    this.#options = options
    this.#exporter = exporter
    this.#cache = new ImageCache(options.cacheDir, `${options.hostName}-${options.name}`)
    this.#serving = new Serving(options, exporter, this.#lock)
  }

  get kind() {
    return this.#exporter.kind
  }

  get abilities() {
    return this.#exporter.abilities
  }

  async open(): Promise<void> {
    const { directory, sockets, user } = this.#options
    await mkdir(directory, { recursive: true, mode: 0o711 })
    await mkdir(sockets, { recursive: true, mode: 0o711 })
    await chmod(sockets, 0o711)
    if (user) await chown(sockets, user.uid, user.gid)
    await sweepParts(directory)
    await this.#cache.open()
    await this.#serving.open(await this.list())
  }

  async capacity(): Promise<VolumeCapacity> {
    const { blocks, bavail, bsize } = await statfs(this.#options.directory)
    return { totalBytes: blocks * bsize, freeBytes: bavail * bsize }
  }

  create(volume: StoredVolume, source: VolumeSource, work: VolumeWork): Promise<Place> {
    const { volumeId } = volume
    return this.#lock.run(volumeId, async () => {
      const paths = this.#paths(volumeId)
      const made = await readPlace(paths)
      if (made) return made
      await rm(paths.part, { recursive: true, force: true })
      await mkdir(paths.part, { mode: 0o711 })
      const place = { data: `${paths.part}/data`, user: this.#options.user }
      try {
        const headerBytes = await createDisk(place, volume, source, work, {
          cache: this.#cache,
          socket: `${paths.work}-new`,
          withDaemon: (task) => this.#serving.withDaemon(paths, place.data, task),
          withSnapshot: (of, task) => this.#withSnapshot(of, task),
        })
        await setDiskSize(place, headerBytes + volume.sizeBytes)
        await writeJson(`${paths.part}/volume.json`, { headerBytes })
        await rename(paths.part, paths.dir)
        return { headerBytes }
      } catch (error) {
        await rm(paths.part, { recursive: true, force: true })
        throw error
      }
    })
  }

  delete({ volumeId }: StoredVolume): Promise<void> {
    return this.#lock.run(volumeId, async () => {
      const paths = this.#paths(volumeId)
      if (await readPlace(paths)) await this.#serving.stop(volumeId)
      await rm(paths.part, { recursive: true, force: true })
      await removeDir(paths.dir)
    })
  }

  extend({ volumeId }: StoredVolume, sizeBytes: number): Promise<void> {
    return this.#lock.run(volumeId, async () => {
      const paths = this.#paths(volumeId)
      const wanted = (await existing(paths, volumeId)).headerBytes + sizeBytes
      if ((await sizeOfDisk(paths.data)) >= wanted) return
      if (!this.#serving.has(volumeId)) return growDisk(this.#at(paths), wanted)
      const { onlineExtend } = this.abilities
      if (onlineExtend !== true) throw new NephosError('unsupported', onlineExtend)
      await this.#serving.steadily(volumeId, () => this.#serving.grow(volumeId, wanted))
    })
  }

  connect({ volumeId, secret }: StoredVolume, connector: VolumeConnector): Promise<VolumeRoute> {
    return this.#lock.run(volumeId, async () => {
      this.#exporter.admit(connector)
      await existing(this.#paths(volumeId), volumeId)
      return this.#serving.connect(volumeId, secret, connector)
    })
  }

  disconnect({ volumeId }: StoredVolume, connector: VolumeConnector): Promise<void> {
    return this.#lock.run(volumeId, () => this.#serving.disconnect(volumeId, connector))
  }

  snapshot({ volumeId }: StoredVolume, snapshotId: string): Promise<unknown> {
    return this.#lock.run(volumeId, async () => {
      await existing(this.#paths(volumeId), volumeId)
      await this.#makeSnapshot(volumeId, snapshotId)
      return { sizeBytes: await sizeOfDisk(this.#paths(volumeId).data) } satisfies SnapshotPlace
    })
  }

  deleteSnapshot({ volumeId }: StoredVolume, snapshotId: string): Promise<void> {
    return this.#lock.run(volumeId, async () => {
      if (await readPlace(this.#paths(volumeId))) await this.#removeSnapshot(volumeId, snapshotId)
    })
  }

  revert({ volumeId, sizeBytes }: StoredVolume, snapshotId: string): Promise<Place> {
    return this.#lock.run(volumeId, async () => {
      const paths = this.#paths(volumeId)
      const place = await existing(paths, volumeId)
      this.#refuseWhileUsed(volumeId)
      await snapshotDisk(this.#at(paths), '-a', snapshotId)
      // The disk was as large as the volume was then.
      await growDisk(this.#at(paths), place.headerBytes + sizeBytes)
      return place
    })
  }

  reader({ volumeId }: StoredVolume, snapshot?: { snapshotId: string; place: unknown }): Promise<DiskReader> {
    return this.#lock.run(volumeId, async () => {
      if (!snapshot) this.#refuseWhileUsed(volumeId)
      const { client, close } = await this.#open(volumeId, true, snapshot?.snapshotId)
      // QEMU shows a snapshot as large as the disk is now.
      const then = snapshotPlaceSchema.safeParse(snapshot?.place).data?.sizeBytes
      const sizeBytes = Math.min(client.sizeBytes, then ?? client.sizeBytes)
      return {
        sizeBytes,
        extents: () => client.extents(sizeBytes),
        read: (offset, length) => client.read(offset, length),
        close,
      }
    })
  }

  writer({ volumeId }: StoredVolume): Promise<DiskWriter> {
    return this.#lock.run(volumeId, async () => {
      this.#refuseWhileUsed(volumeId)
      const { client, close } = await this.#open(volumeId, false)
      return {
        write: (offset, bytes) => client.write(offset, bytes),
        zero: (offset, length) => client.zero(offset, length),
        flush: () => client.flush(),
        close,
      }
    })
  }

  async list(): Promise<string[]> {
    return (await readdir(this.#options.directory).catch(() => [])).filter(isVolumeId)
  }

  close(): Promise<void> {
    return this.#serving.close()
  }

  /** Ends everything that serves volumes; the next `open` serves them again. */
  async end(): Promise<void> {
    await this.#serving.end(await this.list())
  }

  async #open(volumeId: string, readOnly: boolean, snapshot?: string) {
    const paths = this.#paths(volumeId)
    await existing(paths, volumeId)
    return openWorkDisk({
      ...{ user: this.#options.user, cwd: paths.data, readOnly, snapshot },
      // A snapshot does not change, whoever writes meanwhile.
      node: diskNode(await baseOf(paths.data), { readOnly, shared: snapshot !== undefined }),
      socket: `${paths.work}-${randomBytes(4).toString('hex')}`,
    })
  }

  #makeSnapshot(volumeId: string, name: string): Promise<void> {
    const at = this.#at(this.#paths(volumeId))
    return this.#serving.steadily(volumeId, async () => {
      if ((await snapshotsOf(at)).includes(name)) return
      const daemon = await this.#serving.daemonOf(volumeId)
      if (daemon) await daemon.execute('blockdev-snapshot-internal-sync', { device: diskNodeName, name })
      else await snapshotDisk(at, '-c', name)
    })
  }

  #removeSnapshot(volumeId: string, name: string): Promise<void> {
    const at = this.#at(this.#paths(volumeId))
    return this.#serving.steadily(volumeId, async () => {
      if (!(await snapshotsOf(at)).includes(name)) return
      const daemon = await this.#serving.daemonOf(volumeId)
      if (daemon)
        await daemon.execute('blockdev-snapshot-delete-internal-sync', { device: diskNodeName, name })
      else await snapshotDisk(at, '-d', name)
    })
  }

  /**
   * Runs a task over a snapshot: the one that is asked for, or one of this moment that is removed afterwards. The lock
   * is held until the task has opened it; from then on nothing that happens to the volume changes what it reads.
   */
  async #withSnapshot(
    source: Extract<VolumeSource, { kind: 'snapshot' | 'volume' }>,
    task: (place: DiskPlace, snapshot: string, opened: () => void) => Promise<void>,
  ): Promise<void> {
    const { volumeId } = source.volume
    const name = source.kind === 'snapshot' ? source.snapshotId : randomUUID()
    let ended: Promise<void> = Promise.resolve()
    await this.#lock.run(volumeId, async () => {
      await existing(this.#paths(volumeId), volumeId)
      if (source.kind === 'volume') await this.#makeSnapshot(volumeId, name)
      await new Promise<void>((opened) => {
        ended = task(this.#at(this.#paths(volumeId)), name, opened)
        ended.then(opened, opened)
      })
    })
    try {
      await ended
    } finally {
      if (source.kind === 'volume') await this.#lock.run(volumeId, () => this.#removeSnapshot(volumeId, name))
    }
  }

  #refuseWhileUsed(volumeId: string): void {
    if (this.#serving.has(volumeId))
      throw new NephosError('conflict', `Volume ${volumeId} is in use.`, { remedy: 'Detach it first.' })
  }

  #at({ data }: VolumePaths): DiskPlace {
    return { data, user: this.#options.user }
  }

  #paths(volumeId: string): VolumePaths {
    return volumePaths(this.#options, volumeId)
  }
}

async function readPlace({ dir }: VolumePaths): Promise<Place | null> {
  const parsed = placeSchema.safeParse(await readJson(`${dir}/volume.json`))
  return parsed.success ? parsed.data : null
}

async function existing(paths: VolumePaths, volumeId: string): Promise<Place> {
  const place = await readPlace(paths)
  if (!place) throw new NephosError('driver_failed', `The files of volume ${volumeId} are not on this host.`)
  return place
}
