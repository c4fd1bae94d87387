import {
  closeSync,
  createReadStream,
  existsSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { NephosError } from '@nephos/core/errors'
import type { DriveFile, ExportOptions, MachineDisks } from '../../disks.ts'
import type { MachineSpec } from '../../driver.ts'
import { emptyQcow2 } from './empty-qcow2.ts'
import { faults, type SimulatedMachine } from './machine.ts'

/** What the disks need of their driver. */
export interface SimulatedDisksHost {
  dir: (instanceId: string) => string
  machine: (instanceId: string) => SimulatedMachine | undefined
  save: (machine: SimulatedMachine) => void
  /** Powers the machine off at once. */
  end: (instanceId: string) => Promise<void>
  exclusive: <Result>(instanceId: string, task: () => Promise<Result>) => Promise<Result>
}

const failed = (message: string): NephosError => new NephosError('driver_failed', `simulated: ${message}`)
const gib = 1024 ** 3
const oldDisk = 'old-disk.json'

/** Whether the file systems of its guest would have been frozen. @throws NephosError driver_failed */
function freeze({ name, state }: SimulatedMachine, { quiesce, onUnfrozen }: ExportOptions): boolean {
  if (!quiesce || state !== 'running') return false
  if (!faults.freeze(name)) return true
  const why = failed(`${name} cannot be frozen, as its name asks`)
  if (quiesce === 'require') throw why
  onUnfrozen?.(why.message)
  return false
}

/** What a simulated machine says of its disks. */
export const diskNotes = (spec: MachineSpec) => ({
  imageId: spec.image?.imageId,
  ephemeralGib: spec.ephemeralGib ?? 0,
  swapMib: spec.swapMib ?? 0,
})

/** Disks of simulated machines: notes on what they would hold, and copies that are empty disks of the right size. */
export class SimulatedDisks implements MachineDisks {
  readonly #host: SimulatedDisksHost

  constructor(host: SimulatedDisksHost) {
    this.#host = host
  }

  async writeConfigDrive(instanceId: string, files: readonly DriveFile[]): Promise<void> {
    this.#made(instanceId)
    const texts = files.map(({ path, body }) => [path, Buffer.from(body).toString('base64')])
    writeFileSync(this.#file(instanceId, 'config-drive.json'), JSON.stringify(Object.fromEntries(texts)))
  }

  resize(spec: MachineSpec): Promise<void> {
    return this.#host.exclusive(spec.instanceId, async () => {
      const machine = this.#made(spec.instanceId)
      if (machine.diskGib > spec.diskGib) throw failed('a root disk cannot shrink')
      this.#host.save({ ...machine, diskGib: spec.diskGib, ...diskNotes(spec), imageId: machine.imageId })
    })
  }

  replace(spec: MachineSpec): Promise<void> {
    return this.#host.exclusive(spec.instanceId, async () => {
      if (faults.disk(spec.name)) throw failed(`no disk for ${spec.name}, as its name asks`)
      await this.#host.end(spec.instanceId)
      const machine = this.#made(spec.instanceId)
      const old = this.#file(spec.instanceId, oldDisk)
      if (!existsSync(old)) writeFileSync(old, JSON.stringify(machine))
      this.#host.save({ ...machine, ...diskNotes(spec), diskGib: spec.diskGib })
    })
  }

  restore(instanceId: string): Promise<void> {
    return this.#host.exclusive(instanceId, async () => {
      const old = this.#file(instanceId, oldDisk)
      if (!existsSync(old)) return
      await this.#host.end(instanceId)
      const { imageId, diskGib, ephemeralGib, swapMib } = JSON.parse(
        readFileSync(old, 'utf8'),
      ) as SimulatedMachine
      this.#host.save({ ...this.#made(instanceId), imageId, diskGib, ephemeralGib, swapMib })
      rmSync(old)
    })
  }

  async dropOld(instanceId: string): Promise<void> {
    rmSync(this.#file(instanceId, oldDisk), { force: true })
  }

  async export(spec: MachineSpec, exportId: string, options: ExportOptions): Promise<void> {
    const { signal, onProgress } = options
    const machine = this.#made(spec.instanceId)
    if (faults.export(machine.name)) throw failed(`${machine.name} cannot be copied, as its name asks`)
    if (signal.aborted)
      throw new NephosError('cancelled', 'The copy of the disk was cancelled.', { cause: signal.reason })
    const frozen = freeze(machine, options) ? ', frozen' : ''
    const words = `simulated disk of ${machine.name}${frozen}, made from ${machine.imageId ?? 'nothing'}, boot ${machine.boots}`
    const file = openSync(this.#file(spec.instanceId, `export-${exportId}`), 'w')
    writeSync(file, emptyQcow2(Math.max(1, machine.diskGib) * gib, words))
    closeSync(file)
    onProgress(100)
  }

  async openExport(instanceId: string, exportId: string) {
    const path = this.#file(instanceId, `export-${exportId}`)
    if (!existsSync(path)) throw failed('there is no copy of the disk')
    return { size: statSync(path).size, body: createReadStream(path) }
  }

  async dropExport(instanceId: string, exportId: string): Promise<void> {
    rmSync(this.#file(instanceId, `export-${exportId}`), { force: true })
  }

  #made(instanceId: string): SimulatedMachine {
    const machine = this.#host.machine(instanceId)
    if (!machine) throw failed(`${instanceId} has no disk`)
    return machine
  }

  #file(instanceId: string, name: string): string {
    return join(this.#host.dir(instanceId), name)
  }
}
