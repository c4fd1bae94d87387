import { rm } from 'node:fs/promises'
import type { VolumeConnector, VolumeRoute } from '@nephos/core'
import { NephosError } from '@nephos/core/errors'
import type { KeyedLock } from '../../../compute/drivers/keyed-lock.ts'
import { type DaemonOptions, StorageDaemon } from './daemon.ts'
import { baseOf } from './disk-files.ts'
import { diskNode, diskNodeName } from './disk-node.ts'
import type { Exporter, ServedVolume } from './exporter.ts'
import type { StorageOptions } from './options.ts'
import { type VolumePaths, volumePaths } from './paths.ts'
import { readServed, type ServedNote, withConnector, withoutConnector, writeServed } from './served-note.ts'

/** Guests wait while what serves them is gone. */
const repairMs = 250
const dyingMs = 1_000

/**
 * The volumes that somebody is connected to. Each has a storage daemon, which outlives this process; who is connected
 * is noted beside the volume, so that all of it is there again after any crash. Whoever calls holds the volume's lock.
 */
export class Serving {
  readonly #options: StorageOptions
  readonly #exporter: Exporter
  readonly #lock: KeyedLock
  readonly #notes = new Map<string, ServedNote>()
  readonly #daemons = new Map<string, StorageDaemon>()
  readonly #secrets = new Map<string, string>()
  #timer: NodeJS.Timeout | null = null
  #repairing: Promise<void> | null = null

  constructor(options: StorageOptions, exporter: Exporter, lock: KeyedLock) {
    this.#options = options
    this.#exporter = exporter
    this.#lock = lock
  }

  /** Serves again what was served before, and sees to it from then on. */
  async open(volumeIds: readonly string[]): Promise<void> {
    await this.#exporter.open()
    for (const volumeId of volumeIds) {
      const note = await readServed(this.#paths(volumeId).served)
      if (note.connectors.length > 0) this.#notes.set(volumeId, note)
    }
    await this.#serveAgain(() => true)
    this.#timer = setInterval(() => {
      this.#repairing ??= this.#repair().finally(() => {
        this.#repairing = null
      })
    }, repairMs)
    this.#timer.unref()
  }

  /** Whether somebody is connected. */
  has(volumeId: string): boolean {
    return this.#notes.has(volumeId)
  }

  /** Who has the disk of a volume that somebody is connected to; null when nobody is. */
  async daemonOf(volumeId: string): Promise<StorageDaemon | null> {
    const note = this.#notes.get(volumeId)
    return note ? (await this.#serve(volumeId, note)).daemon : null
  }

  /**
   * Does something that can be done twice, once more with a new daemon when the one that it was done with has died
   * meanwhile.
   */
  async steadily(volumeId: string, task: () => Promise<void>): Promise<void> {
    for (let attempt = 1; ; attempt++)
      try {
        return await task()
      } catch (error) {
        if (attempt === 3 || !(await this.#hasDied(volumeId))) throw error
      }
  }

  /** Lets one in. @returns how it reaches the volume */
  async connect(volumeId: string, secret: string | null, connector: VolumeConnector): Promise<VolumeRoute> {
    if (secret) this.#secrets.set(volumeId, secret)
    const before = this.#notes.get(volumeId) ?? { connectors: [], number: null }
    const note = { ...before, connectors: withConnector(before.connectors, connector) }
    await this.#keep(volumeId, note)
    const served = await this.#serve(volumeId, note)
    return this.#exporter.route(served, connector, this.#secretOf(volumeId))
  }

  /** Shuts one out; with the last the volume is served no more. */
  async disconnect(volumeId: string, connector: VolumeConnector): Promise<void> {
    const before = this.#notes.get(volumeId)
    if (!before) return
    const note = { ...before, connectors: withoutConnector(before.connectors, connector) }
    if (note.connectors.length === 0) return this.stop(volumeId)
    await this.#keep(volumeId, note)
    await this.#serve(volumeId, note)
  }

  /** Shuts everybody out for good. */
  async stop(volumeId: string): Promise<void> {
    await this.#end(volumeId)
    await rm(this.#paths(volumeId).served, { force: true })
    this.#notes.delete(volumeId)
    this.#secrets.delete(volumeId)
  }

  /**
   * Makes a disk larger under those who use it. Nothing that is exported can grow: the exports are taken away for a
   * moment, whoever is connected comes back by itself, loses nothing, and finds the new size.
   */
  async grow(volumeId: string, sizeBytes: number): Promise<void> {
    const note = this.#notes.get(volumeId)
    if (!note) return
    const served = await this.#serve(volumeId, note)
    await this.#exporter.withdraw(served)
    try {
      await served.daemon.execute('block_resize', { 'node-name': diskNodeName, size: sizeBytes })
    } finally {
      await this.#serve(volumeId, note)
    }
  }

  /** Lets go without ending what is served. */
  async close(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer)
    await this.#repairing?.catch(() => {})
    for (const daemon of this.#daemons.values()) daemon.release()
    this.#daemons.clear()
  }

  /** Ends all servers, also those that nobody noted; what is noted is served again by the next `open`. */
  async end(volumeIds: readonly string[]): Promise<void> {
    await this.close()
    for (const volumeId of volumeIds) await this.#lock.run(volumeId, () => this.#end(volumeId))
    await this.#exporter.end()
    await rm(this.#options.sockets, { recursive: true, force: true })
  }

  /** A daemon for one task, with the disk of a volume that is not there yet. */
  async withDaemon(
    paths: VolumePaths,
    data: string,
    task: (daemon: StorageDaemon) => Promise<void>,
  ): Promise<void> {
    const files = { identity: `${paths.part}/daemon.process`, log: `${paths.part}/daemon.log` }
    const options = { ...(await this.#daemonOptions(paths, data)), ...files, netns: null, mounts: false }
    const { daemon } = await StorageDaemon.ensure({ ...options, monitor: `${paths.monitor}-new` })
    try {
      await task(daemon)
    } finally {
      await daemon.quit()
    }
  }

  async #serve(volumeId: string, note: ServedNote): Promise<ServedVolume> {
    const paths = this.#paths(volumeId)
    const { daemon, fresh } = await this.#daemon(volumeId, paths)
    const served = { volumeId, paths, daemon, fresh, ...note }
    const number = await this.#exporter.serve(served, this.#secretOf(volumeId))
    if (number !== note.number) await this.#keep(volumeId, { ...note, number })
    return { ...served, number }
  }

  async #daemon(volumeId: string, paths: VolumePaths): Promise<{ daemon: StorageDaemon; fresh: boolean }> {
    const known = this.#daemons.get(volumeId)
    if (known?.alive) return { daemon: known, fresh: false }
    known?.release()
    const options = await this.#daemonOptions(paths, paths.data)
    const found = await StorageDaemon.find(options)
    if (found) {
      this.#daemons.set(volumeId, found)
      return { daemon: found, fresh: false }
    }
    const args = await this.#exporter.prepare(volumeId, paths, this.#secretOf(volumeId))
    const { daemon, started } = await StorageDaemon.ensure({ ...options, args: [...args, ...options.args] })
    this.#daemons.set(volumeId, daemon)
    return { daemon, fresh: started }
  }

  async #daemonOptions(paths: VolumePaths, data: string): Promise<DaemonOptions> {
    const node = { 'node-name': diskNodeName, ...diskNode(await baseOf(data)) }
    return {
      user: this.#options.user,
      cwd: data,
      identity: paths.identity,
      log: paths.log,
      monitor: paths.monitor,
      args: ['--blockdev', JSON.stringify(node)],
      netns: this.#exporter.netns,
      mounts: this.#exporter.mounts,
    }
  }

  async #end(volumeId: string): Promise<void> {
    const paths = this.#paths(volumeId)
    const note = this.#notes.get(volumeId) ?? (await readServed(paths.served))
    const known = this.#daemons.get(volumeId)
    const options = await this.#daemonOptions(paths, paths.data)
    const daemon = known?.alive ? known : await StorageDaemon.find(options)
    await this.#exporter.withdraw({ volumeId, paths, daemon, ...note })
    await daemon?.quit()
    this.#daemons.delete(volumeId)
    for (const left of [paths.nbd, `${paths.nbd}.keys`]) await rm(left, { recursive: true, force: true })
  }

  async #repair(): Promise<void> {
    const all = await this.#exporter.repair().catch((err: unknown) => {
      this.#options.log.warn({ err, backend: this.#options.name }, 'a server of volumes could not be started')
      return false
    })
    await this.#serveAgain((volumeId) => all || !this.#daemons.get(volumeId)?.alive)
  }

  async #serveAgain(needed: (volumeId: string) => boolean): Promise<void> {
    for (const volumeId of [...this.#notes.keys()].filter(needed))
      await this.#lock
        .run(volumeId, async () => {
          const note = this.#notes.get(volumeId)
          if (note) await this.#serve(volumeId, note)
        })
        .catch((err: unknown) =>
          this.#options.log.warn({ err, volumeId }, 'a volume in use could not be served again'),
        )
  }

  async #keep(volumeId: string, note: ServedNote): Promise<void> {
    await writeServed(this.#paths(volumeId).served, note)
    this.#notes.set(volumeId, note)
  }

  /** A daemon that is killed refuses connections a moment before its process is gone. */
  async #hasDied(volumeId: string): Promise<boolean> {
    return (await this.#daemons.get(volumeId)?.ended(dyingMs)) ?? false
  }

  #secretOf(volumeId: string): () => Promise<string> {
    return async () => {
      const secret = this.#secrets.get(volumeId) ?? (await this.#options.secretOf(volumeId))
      if (!secret)
        throw new NephosError('driver_failed', `Volume ${volumeId} has no secret to reach it with.`)
      this.#secrets.set(volumeId, secret)
      return secret
    }
  }

  #paths(volumeId: string): VolumePaths {
    return volumePaths(this.#options, volumeId)
  }
}
