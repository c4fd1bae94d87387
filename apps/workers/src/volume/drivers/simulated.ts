import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { NephosError } from '@nephos/core/errors'
import { z } from 'zod'
import { readJson, writeJson } from '../../compute/drivers/atomic-file.ts'
import type {
  DiskReader,
  DiskWriter,
  StoredVolume,
  VolumeCapacity,
  VolumeDriver,
  VolumeSource,
  VolumeWork,
} from '../driver.ts'

const noteSchema = z.object({
  sizeBytes: z.number(),
  snapshots: z.array(z.string()),
  connected: z.array(z.string()),
})
type Note = z.infer<typeof noteSchema>

/** Where notes are kept, and how much room is made believe. */
export interface SimulatedVolumesOptions {
  directory: string
  totalBytes: number
}

const keyOf = ({ hostName, instanceId }: { hostName: string; instanceId: string }) =>
  `${hostName} ${instanceId}`

/**
 * A back end that holds nothing but notes of what was asked: for trying the dashboard and for tests. What is read of its
 * disks is empty.
 */
export class SimulatedVolumes implements VolumeDriver {
  readonly kind = 'simulated'
  readonly abilities = {
    acrossHosts: true,
    onlineExtend: true,
    liveSnapshot: true,
    multiAttach: true,
  } as const

  constructor(private readonly options: SimulatedVolumesOptions) {}

  async open(): Promise<void> {
    await mkdir(this.options.directory, { recursive: true, mode: 0o700 })
  }

  async capacity(): Promise<VolumeCapacity> {
    const { totalBytes } = this.options
    return { totalBytes, freeBytes: totalBytes }
  }

  async create(volume: StoredVolume, source: VolumeSource, { signal }: VolumeWork): Promise<unknown> {
    signal.throwIfAborted()
    if (await this.#read(volume.volumeId)) return { simulated: true }
    if (source.kind === 'snapshot') {
      const of = await this.#note(source.volume.volumeId)
      if (!of.snapshots.includes(source.snapshotId))
        throw new NephosError('driver_failed', 'The snapshot is not there.')
    } else if (source.kind === 'volume') await this.#note(source.volume.volumeId)
    await this.#write(volume.volumeId, { sizeBytes: volume.sizeBytes, snapshots: [], connected: [] })
    return { simulated: true }
  }

  async delete({ volumeId }: StoredVolume): Promise<void> {
    await rm(this.#file(volumeId), { force: true })
  }

  async extend({ volumeId }: StoredVolume, sizeBytes: number): Promise<void> {
    const note = await this.#note(volumeId)
    await this.#write(volumeId, { ...note, sizeBytes: Math.max(sizeBytes, note.sizeBytes) })
  }

  async connect({ volumeId }: StoredVolume, connector: { hostName: string; instanceId: string }) {
    const note = await this.#note(volumeId)
    await this.#write(volumeId, {
      ...note,
      connected: [...new Set([...note.connected, keyOf(connector)])],
    })
    return { kind: 'simulated' } as const
  }

  async disconnect(
    { volumeId }: StoredVolume,
    connector: { hostName: string; instanceId: string },
  ): Promise<void> {
    const note = await this.#read(volumeId)
    if (!note) return
    const connected = note.connected.filter((key) => key !== keyOf(connector))
    await this.#write(volumeId, { ...note, connected })
  }

  async snapshot({ volumeId }: StoredVolume, snapshotId: string): Promise<unknown> {
    const note = await this.#note(volumeId)
    await this.#write(volumeId, { ...note, snapshots: [...new Set([...note.snapshots, snapshotId])] })
    return { simulated: true }
  }

  async deleteSnapshot({ volumeId }: StoredVolume, snapshotId: string): Promise<void> {
    const note = await this.#read(volumeId)
    if (note)
      await this.#write(volumeId, {
        ...note,
        snapshots: note.snapshots.filter((id) => id !== snapshotId),
      })
  }

  async revert({ volumeId }: StoredVolume, snapshotId: string): Promise<unknown> {
    const note = await this.#note(volumeId)
    if (!note.snapshots.includes(snapshotId))
      throw new NephosError('driver_failed', 'The snapshot is not there.')
    return { simulated: true }
  }

  async reader({ volumeId }: StoredVolume): Promise<DiskReader> {
    const { sizeBytes } = await this.#note(volumeId)
    return {
      sizeBytes,
      // Nothing on it is not zero.
      extents: async function* () {},
      read: async (_offset, length) => Buffer.alloc(length),
      close: async () => undefined,
    }
  }

  async writer({ volumeId }: StoredVolume): Promise<DiskWriter> {
    await this.#note(volumeId)
    const nothing = async () => undefined
    return { write: nothing, zero: nothing, flush: nothing, close: nothing }
  }

  async list(): Promise<string[]> {
    const names = await readdir(this.options.directory)
    return names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length))
  }

  async close(): Promise<void> {}

  /** Who is let in to a volume: `<host> <instance>`; for tests. */
  async connectedTo(volumeId: string): Promise<string[]> {
    return (await this.#read(volumeId))?.connected ?? []
  }

  /** Ids of the snapshots of a volume; for tests. */
  async snapshotsOf(volumeId: string): Promise<string[]> {
    return (await this.#read(volumeId))?.snapshots ?? []
  }

  #file(volumeId: string): string {
    return join(this.options.directory, `${volumeId}.json`)
  }

  async #read(volumeId: string): Promise<Note | null> {
    const parsed = noteSchema.safeParse(await readJson(this.#file(volumeId)))
    return parsed.success ? parsed.data : null
  }

  async #note(volumeId: string): Promise<Note> {
    const note = await this.#read(volumeId)
    if (!note) throw new NephosError('driver_failed', 'The volume is not there.')
    return note
  }

  #write(volumeId: string, note: Note): Promise<void> {
    return writeJson(this.#file(volumeId), note)
  }
}
