import { randomBytes, randomUUID } from 'node:crypto'
import { chown, link, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { NephosError } from '@nephos/core/errors'
import type { DiskProbe, MachineStorage } from '../storage.ts'

const idFile = 'storage-id'
/** Names in the directory that are no machine's. */
const imagesDir = 'images'
const probesDir = 'probes'

/**
 * A directory of disks that several hosts may have in common. Of each machine there is `<id>/vm` with its disks, and
 * below `<id>/hosts` a file for each host that has a part in them: while a machine moves, two. Who takes its part away
 * and sees no other removes the disks, so that neither end of a move can remove what the other one uses.
 */
export class DiskStore {
  readonly dir: string
  readonly #hostName: string

  constructor(dir: string, hostName: string) {
    this.dir = dir
    this.#hostName = hostName
  }

  /** The store that a machine's disks are in. */
  static of(disks: string, hostName: string): DiskStore {
    return new DiskStore(dirname(dirname(disks)), hostName)
  }

  /**
   * Makes the directory where it is missing, and removes what a former process of this host left there.
   * @returns what tells this storage from others: the same for every host that has it
   * @throws NephosError driver_failed when it cannot be written
   */
  async open(): Promise<string> {
    try {
      await mkdir(this.dir, { recursive: true, mode: 0o711 })
      await mkdir(this.images, { recursive: true, mode: 0o755 })
      await mkdir(join(this.dir, probesDir), { recursive: true, mode: 0o711 })
      for (const name of await readdir(join(this.dir, probesDir)))
        if (name.startsWith(this.#probePrefix)) await rm(join(this.dir, probesDir, name), { force: true })
      return await this.#id()
    } catch (cause) {
      throw new NephosError(
        'driver_failed',
        `The directory of disks cannot be used: ${(cause as Error).message}`,
        {
          field: 'instances_directory',
          remedy: 'Mount the storage there, and let root of this host write to it (NFS: no_root_squash).',
          cause,
        },
      )
    }
  }

  /** Where copies of images are: disks lie over hard links to them, so they have to be on the same storage. */
  get images(): string {
    return join(this.dir, imagesDir)
  }

  /** The directory with a machine's disks, which belongs to the user that QEMU runs as. */
  disks(instanceId: string): string {
    return join(this.dir, instanceId, 'vm')
  }

  /** Takes a part in the disks of a machine, also before there are any. */
  async claim(instanceId: string): Promise<void> {
    await mkdir(join(this.dir, instanceId), { recursive: true, mode: 0o711 })
    await mkdir(this.#parts(instanceId), { recursive: true, mode: 0o700 })
    await writeFile(join(this.#parts(instanceId), this.#hostName), '')
  }

  /** Names of the other hosts that have a part in the disks of a machine. */
  async others(instanceId: string): Promise<string[]> {
    const names = await readdir(this.#parts(instanceId)).catch(() => [])
    return names.filter((name) => name !== this.#hostName)
  }

  /** Takes the part of a host away, and the disks with the last one. */
  async release(instanceId: string, hostName: string = this.#hostName): Promise<void> {
    if (!(await exists(join(this.dir, instanceId)))) return
    const part = join(this.#parts(instanceId), hostName)
    await mkdir(this.#parts(instanceId), { recursive: true, mode: 0o700 })
    // A client of NFS may believe an old list until it has changed something itself.
    await writeFile(part, '')
    await rm(part, { force: true })
    if ((await readdir(this.#parts(instanceId))).length > 0) return
    await rm(join(this.dir, instanceId), { recursive: true, force: true })
  }

  /** Leaves a file for another host to look for. @param uid whose it is: the user that QEMU runs as */
  async leaveProbe(uid: number | null): Promise<DiskProbe> {
    const probe = { name: `${this.#probePrefix}${randomUUID()}`, text: randomBytes(16).toString('hex') }
    await writeFile(this.#probe(probe), probe.text, { mode: 0o600 })
    if (uid !== null) await chown(this.#probe(probe), uid, -1)
    return probe
  }

  /** Removes such a file. */
  removeProbe(probe: DiskProbe): Promise<void> {
    return rm(this.#probe(probe), { force: true })
  }

  /**
   * Whether the file that another host has left is here.
   * @throws NephosError driver_failed when it belongs to another user than QEMU runs as here
   */
  async seesProbe(probe: DiskProbe, uid: number | null): Promise<boolean> {
    const text = await readFile(this.#probe(probe), 'utf8').catch(() => null)
    if (text !== probe.text) return false
    const { uid: owner } = await stat(this.#probe(probe))
    if (uid === null || owner === uid) return true
    throw new NephosError(
      'driver_failed',
      `QEMU runs as the user ${uid} on ${this.#hostName} and as the user ${owner} on the other host: it could not open the disks, which both have.`,
      {
        field: 'qemu_user',
        remedy: 'Give the user of QEMU the same number on every host that has this storage.',
      },
    )
  }

  get #probePrefix(): string {
    return `probe-${this.#hostName}-`
  }

  #probe({ name }: DiskProbe): string {
    return join(this.dir, probesDir, name)
  }

  #parts(instanceId: string): string {
    return join(this.dir, instanceId, 'hosts')
  }

  async #id(): Promise<string> {
    const path = join(this.dir, idFile)
    if (!(await exists(path))) {
      const part = join(this.dir, `${idFile}.${randomUUID()}`)
      await writeFile(part, `${randomUUID()}\n`, { mode: 0o644 })
      // Of hosts that begin at the same moment, the first one's counts.
      await link(part, path).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error
      })
      await rm(part, { force: true })
    }
    return (await readFile(path, 'utf8')).trim()
  }
}

/** What an administrator reads of a host's storage; hosts with one `storageId` see each other's disks. */
export const storageFacts = ({
  store,
  storageId,
}: {
  store: DiskStore | null
  storageId: string | null
}): Record<string, string> => (store && storageId ? { instancesDirectory: store.dir, storageId } : {})

/** What a driver says of its storage. */
export class StoredDisks implements MachineStorage {
  readonly #store: DiskStore | null
  readonly #uid: number | null
  readonly #isStored: (instanceId: string) => Promise<boolean>

  /**
   * @param store where disks are; null: in the host's own directory
   * @param options `isStored`: whether a machine has its disks there; `uid`: of the user that uses them
   */
  constructor(
    store: DiskStore | null,
    { uid, isStored }: { uid: number | null; isStored: (instanceId: string) => Promise<boolean> },
  ) {
    this.#store = store
    this.#uid = uid
    this.#isStored = isStored
  }

  async offer(instanceId: string): Promise<DiskProbe | null> {
    if (!this.#store || !(await this.#isStored(instanceId))) return null
    return this.#store.leaveProbe(this.#uid)
  }

  async withdraw(probe: DiskProbe): Promise<void> {
    await this.#store?.removeProbe(probe)
  }

  async sees(instanceId: string, probe: DiskProbe): Promise<boolean> {
    if (!this.#store || !(await this.#store.seesProbe(probe, this.#uid))) return false
    return exists(this.#store.disks(instanceId))
  }

  async adopt(instanceId: string): Promise<boolean> {
    if (!this.#store || !(await exists(this.#store.disks(instanceId)))) return false
    if ((await this.#store.others(instanceId)).length === 0) return false
    await this.#store.claim(instanceId)
    return true
  }

  async dismiss(instanceId: string, hostName: string): Promise<void> {
    await this.#store?.release(instanceId, hostName)
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
