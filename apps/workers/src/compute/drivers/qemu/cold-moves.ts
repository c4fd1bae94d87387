import { chown, link, mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { NephosError } from '@nephos/core/errors'
import { z } from 'zod'
import type { MachineSpec } from '../../driver.ts'
import type { ColdMoves } from '../../moves.ts'
import { type Door, openDoor } from '../../transfer/door.ts'
import { type FetchOptions, fetchFiles } from '../../transfer/fetch.ts'
import type { FileOffer, Underlay } from '../../transfer/offer.ts'
import { readJson, writeJson } from '../atomic-file.ts'
import { machineFiles } from './command-line.ts'
import { runHostCommand } from './host-command.ts'
import type { ImageCache } from './image-cache.ts'
import type { InstancePaths } from './instance-paths.ts'
import type { QemuMachine } from './machine.ts'
import { makeMachineDir, removeMachineDir } from './machine-dir.ts'
import { meetDisks } from './meet-disks.ts'
import type { QmpClient } from './qmp-client.ts'
import { becomeUser, type QemuUser } from './user.ts'

/** What moves need of their driver. */
export interface MoveHost {
  cache: ImageCache
  user: QemuUser | null
  hostName: string
  machine: (instanceId: string) => Promise<QemuMachine>
  /** Makes a machine's disks; takes turns with its other verbs by itself. */
  createDisk: (spec: MachineSpec) => Promise<void>
  /** Runs a task while no verb of this machine runs. */
  exclusive: <Result>(instanceId: string, task: () => Promise<Result>) => Promise<Result>
}

const limits = ['prlimit', '--as=2147483648', '--cpu=120', '--core=0']
const gib = 1024 ** 3

/** Moves of QEMU machines that are off: their files travel, all but the image below, which each host has. */
export class QemuColdMoves implements ColdMoves {
  readonly #host: MoveHost
  readonly #doors = new Map<string, Door>()

  constructor(host: MoveHost) {
    this.#host = host
  }

  offer(
    instanceId: string,
    migrationId: string,
    underlay: Underlay,
    { sharedDisks }: { sharedDisks: boolean } = { sharedDisks: false },
  ): Promise<FileOffer> {
    return this.#host.exclusive(instanceId, async () => {
      const open = this.#doors.get(instanceId)
      if (open?.offer.migrationId === migrationId && open.offer.sharedDisks === sharedDisks) return open.offer
      await open?.close()
      this.#doors.delete(instanceId)
      const { paths } = await this.#off(instanceId)
      const names = await machineFileNames(paths, sharedDisks)
      const door = await openDoor({ migrationId, dir: placeOf(paths), names, sharedDisks }, underlay)
      this.#doors.set(instanceId, door)
      return door.offer
    })
  }

  async withdraw(instanceId: string): Promise<void> {
    const door = this.#doors.get(instanceId)
    this.#doors.delete(instanceId)
    await door?.close()
  }

  receive(spec: MachineSpec, offer: FileOffer, options: FetchOptions): Promise<void> {
    const { exclusive, cache, user, hostName } = this.#host
    const { sharedDisks } = offer
    return exclusive(spec.instanceId, async () => {
      const machine = await this.#off(spec.instanceId)
      const { paths } = machine
      const mark = join(paths.dir, 'incoming.json')
      if (((await readJson(mark)) as { migrationId?: string } | null)?.migrationId !== offer.migrationId) {
        await removeMachineDir(spec.instanceId, paths, { hostName, keepDisks: sharedDisks })
        await meetDisks(spec.instanceId, paths, { user, hostName, sharedDisks })
        await mkdir(paths.dir, { recursive: true })
        await writeJson(mark, { migrationId: offer.migrationId })
      }
      await makeMachineDir(spec.instanceId, paths, { user, hostName })
      const place = placeOf(paths)
      const cached = spec.image && cache.path(spec.image)
      const own = !sharedDisks && cached !== null && (await isFile(cached)) ? cached : null
      const files = offer.files.filter(({ name }) => !own || name !== machineFiles.base)
      await fetchFiles({ ...offer, files }, place, options)
      if (own) {
        await rm(paths.base, { force: true })
        await link(own, paths.base)
      }
      if (user)
        // The image below is read and never written.
        for (const { name } of files)
          if (name !== machineFiles.base) await chown(place(name), user.uid, user.gid)
      await machine.note()
    })
  }

  grow(spec: MachineSpec): Promise<void> {
    return this.#host.exclusive(spec.instanceId, async () => {
      const { paths } = await this.#off(spec.instanceId)
      if (!spec.image) return
      const wanted = spec.diskGib * gib
      if (wanted <= (await virtualBytes(paths.disk))) return
      await this.#qemuImg(paths, ['resize', '-q', alone(machineFiles.disk), String(wanted)])
    })
  }

  keep(instanceId: string, migrationId: string): Promise<void> {
    return this.#eachDisk(instanceId, migrationId, async (paths, disk, kept) => {
      if (!kept) await this.#qemuImg(paths, ['snapshot', '-c', migrationId, alone(disk)])
    })
  }

  bringBack(instanceId: string, migrationId: string): Promise<void> {
    return this.#eachDisk(instanceId, migrationId, async (paths, disk, kept) => {
      if (!kept) return
      await this.#qemuImg(paths, ['snapshot', '-a', migrationId, alone(disk)])
      await this.#qemuImg(paths, ['snapshot', '-d', migrationId, alone(disk)])
    })
  }

  forget(instanceId: string, migrationId: string): Promise<void> {
    return this.#eachDisk(instanceId, migrationId, async (paths, disk, kept) => {
      if (kept) await this.#qemuImg(paths, ['snapshot', '-d', migrationId, alone(disk)])
    })
  }

  /** Takes every offer back. */
  async close(): Promise<void> {
    await Promise.all([...this.#doors.keys()].map((id) => this.withdraw(id)))
  }

  #eachDisk(
    instanceId: string,
    migrationId: string,
    work: (paths: InstancePaths, disk: string, kept: boolean) => Promise<void>,
  ): Promise<void> {
    return this.#host.exclusive(instanceId, async () => {
      const machine = await this.#host.machine(instanceId)
      const { paths } = machine
      const disks = (await readdir(paths.disks).catch(() => [])).filter((name) => name.endsWith('.qcow2'))
      for (const disk of disks) {
        // -U: only the list is read, and the machine may run.
        const list = await this.#qemuImg(paths, ['snapshot', '-U', '-l', alone(disk)])
        const kept = list.includes(migrationId)
        // The file belongs to QEMU while the machine runs.
        const monitor = kept ? await machine.monitor() : null
        if (monitor) await deleteSnapshot(monitor, disk, migrationId)
        else await work(paths, disk, kept)
      }
    })
  }

  async #off(instanceId: string): Promise<QemuMachine> {
    const machine = await this.#host.machine(instanceId)
    if (machine.alive)
      throw new NephosError('conflict', `The machine of instance ${instanceId} still runs on this host.`)
    return machine
  }

  #qemuImg(paths: InstancePaths, args: readonly string[]): Promise<string> {
    const command = [...becomeUser(this.#host.user), ...limits, 'qemu-img', ...args]
    return runHostCommand(command, { cwd: paths.disks, timeoutMs: 120_000 })
  }
}

const namedNodes = z.array(z.object({ 'node-name': z.string(), drv: z.string(), file: z.string() }))

async function deleteSnapshot(monitor: QmpClient, disk: string, name: string): Promise<void> {
  const nodes = namedNodes.parse(await monitor.execute('query-named-block-nodes', { flat: true }))
  const node = nodes.find(({ drv, file }) => drv === 'qcow2' && file.split('/').at(-1)?.includes(disk))
  if (!node) throw new NephosError('driver_failed', `QEMU does not know the disk ${disk}.`)
  await monitor.execute('blockdev-snapshot-delete-internal-sync', { device: node['node-name'], name })
}

/** A qcow2 disk by itself: neither what its header says of a backing file nor that file is looked at. */
const alone = (name: string): string =>
  `json:${JSON.stringify({ driver: 'qcow2', file: { driver: 'file', filename: name }, backing: null })}`

/** The log of the serial port is in the machine's directory, wherever disks are. */
const placeOf =
  ({ vm, disks }: InstancePaths) =>
  (name: string): string =>
    join(name === machineFiles.serialLog ? vm : disks, name)

/** Everything that makes the machine what it is, the image below last: the other host may have it already. */
async function machineFileNames(paths: InstancePaths, sharedDisks: boolean): Promise<string[]> {
  const log = await isFile(paths.serialLog)
  if (sharedDisks) return log ? [machineFiles.serialLog] : []
  const entries = await readdir(paths.disks, { withFileTypes: true })
  const names = entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.part') && entry.name !== machineFiles.base)
    .map(({ name }) => name)
    .concat(log && paths.stored ? [machineFiles.serialLog] : [])
    .sort()
  return (await isFile(paths.base)) ? [...names, machineFiles.base] : names
}

/** Size that the guest sees, from the header of a qcow2 file. */
export async function virtualBytes(path: string): Promise<number> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(32), 0, 32, 0)
    if (bytesRead < 32 || buffer.toString('latin1', 0, 4) !== 'QFI\xfb')
      throw new NephosError('driver_failed', 'The disk of the machine is no qcow2 file.')
    return Number(buffer.readBigUInt64BE(24))
  } finally {
    await file.close()
  }
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  )
