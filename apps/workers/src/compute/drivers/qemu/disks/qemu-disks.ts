import { NephosError } from '@nephos/core/errors'
import type { DriveFile, ExportOptions, MachineDisks } from '../../../disks.ts'
import type { MachineSpec } from '../../../driver.ts'
import type { ImageCache } from '../image-cache.ts'
import type { QemuMachine } from '../machine.ts'
import { makeMachineDir } from '../machine-dir.ts'
import { createRootDisk } from '../root-disk.ts'
import type { QemuUser } from '../user.ts'
import { createMoreDisks, writeConfigDrive } from './create-disks.ts'
import { dropExport, exportDisk, openExport } from './export-disk.ts'
import { dropParkedDisks, parkDisks, unparkDisks } from './park-disks.ts'
import { resizeDisks } from './resize-disks.ts'

/** What the disks need of their driver. */
export interface DisksHost {
  cache: ImageCache
  user: QemuUser | null
  hostName: string
  machine: (instanceId: string) => Promise<QemuMachine>
  /** Runs a task while no verb of this machine runs. */
  exclusive: <Result>(instanceId: string, task: () => Promise<Result>) => Promise<Result>
}

/** The disks of QEMU machines: files in each machine's directory. */
export class QemuDisks implements MachineDisks {
  readonly #host: DisksHost

  constructor(host: DisksHost) {
    this.#host = host
  }

  /** Makes what the machine lacks of its disks, except the config drive. */
  async create(spec: MachineSpec, machine: QemuMachine): Promise<void> {
    const { cache, user, hostName } = this.#host
    const { image } = spec
    if (image) await createRootDisk({ ...spec, image }, machine.paths, cache.path(image), { user, hostName })
    else await makeMachineDir(spec.instanceId, machine.paths, { user, hostName })
    await createMoreDisks(spec, machine.paths, user)
    await machine.note()
  }

  writeConfigDrive(instanceId: string, files: readonly DriveFile[]): Promise<void> {
    return this.#with(instanceId, ({ paths }) => writeConfigDrive(paths, files, this.#host.user))
  }

  resize(spec: MachineSpec): Promise<void> {
    return this.#with(spec.instanceId, ({ paths }) => resizeDisks(spec, paths, this.#host.user))
  }

  replace(spec: MachineSpec): Promise<void> {
    return this.#with(spec.instanceId, async (machine) => {
      await machine.end()
      await parkDisks(machine.paths)
      await this.create(spec, machine)
    })
  }

  restore(instanceId: string): Promise<void> {
    return this.#with(instanceId, async (machine) => {
      await machine.end()
      await unparkDisks(machine.paths)
    })
  }

  dropOld(instanceId: string): Promise<void> {
    return this.#with(instanceId, ({ paths }) => dropParkedDisks(paths))
  }

  export(spec: MachineSpec, exportId: string, options: ExportOptions): Promise<void> {
    return this.#with(spec.instanceId, async (machine) => {
      const { paths } = machine
      if (!spec.image)
        throw new NephosError('unsupported', 'The root disk is a volume, which is not copied as a file.')
      const monitor = await machine.monitor()
      const source = { paths, exportId, monitor, baseFormat: spec.image.format, user: this.#host.user }
      await exportDisk(source, options)
    })
  }

  openExport(instanceId: string, exportId: string) {
    return this.#with(instanceId, ({ paths }) => openExport(paths, exportId, this.#host.user))
  }

  dropExport(instanceId: string, exportId: string): Promise<void> {
    return this.#with(instanceId, async (machine) => {
      const { paths } = machine
      await dropExport({ paths, exportId, monitor: await machine.monitor() })
    })
  }

  #with<Result>(instanceId: string, task: (machine: QemuMachine) => Promise<Result>): Promise<Result> {
    const { exclusive, machine } = this.#host
    return exclusive(instanceId, async () => task(await machine(instanceId)))
  }
}
