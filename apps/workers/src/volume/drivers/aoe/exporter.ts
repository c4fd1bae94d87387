import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { closeSync, openSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { VolumeConnector, VolumeRoute } from '@nephos/core'
import { NephosError } from '@nephos/core/errors'
import { KeyedLock } from '../../../compute/drivers/keyed-lock.ts'
import { hostEnvironment, lastWords } from '../../../compute/drivers/qemu/host-command.ts'
import {
  isAlive,
  readIdentity,
  recordingShell,
  signalProcess,
  waitForEnd,
} from '../../../compute/drivers/qemu/process-identity.ts'
import type { QemuUser } from '../../../compute/drivers/qemu/user.ts'
import { netnsPath } from '../../../network/drivers/linux/host-tools.ts'
import type { VolumeAbilities } from '../../driver.ts'
import type { Exporter, ServedVolume } from '../storage/exporter.ts'
import { addExport, exportsOf, removeExport } from '../storage/exports.ts'
import { clearMount } from '../storage/mount.ts'
import type { VolumePaths } from '../storage/paths.ts'
import { becomeStorageUser } from '../storage/user.ts'

/** What AoE exports are made of. */
export interface AoeExporterOptions {
  abilities: VolumeAbilities
  /** Interface on the Ethernet that volumes are reached on, and the namespace that has it. */
  interface: string
  netns: string | null
  hostName: string
  user: QemuUser | null
  /** Numbers that volumes of this back end have already. */
  taken: () => Promise<number[]>
}

const fuse = 'file'
/** Slot 255 calls all of them. */
const slots = 255

/** The shelf of a host: every host of one Ethernet needs another. */
export const shelfOf = (hostName: string): number =>
  1 + (createHash('sha256').update(hostName).digest().readUInt32BE(0) % 65_534)

const startMs = 10_000

/**
 * Serves each volume on an Ethernet, by vblade. AoE knows no secrets: whoever is on that Ethernet reaches the volume
 * while somebody is connected to it.
 */
export class AoeExporter implements Exporter {
  readonly kind = 'aoe'
  readonly mounts = true
  readonly netns = null
  readonly #options: AoeExporterOptions
  readonly #numbering = new KeyedLock()
  readonly #given = new Map<string, number>()

  constructor(options: AoeExporterOptions) {
    this.#options = options
  }

  get abilities() {
    return this.#options.abilities
  }

  async open(): Promise<void> {}

  admit(_connector: VolumeConnector): void {}

  async prepare(_volumeId: string, paths: VolumePaths): Promise<string[]> {
    await this.#stop(paths)
    await clearMount(paths.mount)
    return []
  }

  async serve({ volumeId, daemon, paths, number }: ServedVolume): Promise<number> {
    const slot = number ?? (await this.#slot(volumeId))
    this.#given.set(volumeId, slot)
    if (!(await exportsOf(daemon, 'fuse')).includes(fuse)) {
      await this.#stop(paths)
      await clearMount(paths.mount)
      await writeFile(paths.mount, '')
      await addExport(daemon, fuse, { type: 'fuse', mountpoint: paths.mount, 'allow-other': 'on' })
    }
    const running = readIdentity(this.#identity(paths))
    if (!running || !isAlive(running)) await this.#start(paths, slot)
    return slot
  }

  async withdraw({ volumeId, daemon, paths }: Parameters<Exporter['withdraw']>[0]): Promise<void> {
    await this.#stop(paths)
    if (daemon) for (const id of await exportsOf(daemon, 'fuse')) await removeExport(daemon, id)
    await clearMount(paths.mount)
    this.#given.delete(volumeId)
  }

  async route({ number }: ServedVolume): Promise<VolumeRoute> {
    return { kind: 'aoe', shelf: shelfOf(this.#options.hostName), slot: number! }
  }

  async repair(): Promise<boolean> {
    // Serving a volume again does nothing where its vblade runs.
    return true
  }

  async end(): Promise<void> {}

  #identity({ dir }: VolumePaths): string {
    return `${dir}/vblade.process`
  }

  /** One after the other, so that no two take the same number. */
  #slot(volumeId: string): Promise<number> {
    return this.#numbering.run('slot', async () => {
      const taken = new Set([...(await this.#options.taken()), ...this.#given.values()])
      for (let slot = 0; slot < slots; slot++)
        if (!taken.has(slot)) {
          this.#given.set(volumeId, slot)
          return slot
        }
      throw new NephosError(
        'driver_failed',
        `This host serves ${slots} volumes by AoE already: there is no slot left.`,
      )
    })
  }

  async #start(paths: VolumePaths, slot: number): Promise<void> {
    const { netns, user, hostName } = this.#options
    const log = `${paths.dir}/vblade.log`
    await rm(this.#identity(paths), { force: true })
    const fd = openSync(log, 'w', 0o600)
    const line = [
      ...recordingShell(this.#identity(paths)),
      ...(netns ? ['nsenter', `--net=${netnsPath(netns)}`, '--'] : []),
      ...becomeStorageUser(user, ['net_raw']),
      // Acknowledged writes are on the disk: AoE has no way to ask for that.
      ...['vblade', '-s', String(shelfOf(hostName)), String(slot), this.#options.interface, paths.mount],
    ]
    let ended: string | null = null
    try {
      const child = spawn(line[0]!, line.slice(1), {
        detached: true,
        stdio: ['ignore', fd, fd],
        env: hostEnvironment(),
      })
      child.once('error', (error) => {
        ended = error.message
      })
      child.once('exit', (code) => {
        ended = `ended with ${code}`
      })
      child.unref()
    } finally {
      closeSync(fd)
    }
    const deadline = performance.now() + startMs
    for (;;) {
      const said = await readFile(log, 'utf8')
      if (ended === null && /pid \d+:/.test(said)) return
      if (ended || performance.now() > deadline)
        throw new NephosError('driver_failed', `vblade: ${lastWords(said) || ended || 'it did not start'}`)
      await sleep(10)
    }
  }

  async #stop(paths: VolumePaths): Promise<void> {
    const identity = readIdentity(this.#identity(paths))
    if (!identity) return
    signalProcess(identity, 'SIGTERM')
    if (!(await waitForEnd(identity, 2_000))) {
      signalProcess(identity, 'SIGKILL')
      await waitForEnd(identity, 5_000)
    }
    await rm(this.#identity(paths), { force: true })
  }
}
