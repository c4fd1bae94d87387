import { existsSync, mkdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { NephosError } from '@nephos/core/errors'
import type { MachineSpec, MachineStatus } from '../../driver.ts'
import type { CancelOptions, ColdMoves, CopyOptions, LiveCargo, LiveDoor, LiveMoves } from '../../moves.ts'
import { type Door, openDoor } from '../../transfer/door.ts'
import { type FetchOptions, fetchFiles } from '../../transfer/fetch.ts'
import type { FileOffer, Underlay } from '../../transfer/offer.ts'
import { readJson, writeJson } from '../atomic-file.ts'
import type { DiskStore } from '../disk-store.ts'
import { faults, lastState, type SimulatedMachine } from './machine.ts'
import { meetStoredDisk } from './stored-disk.ts'

/** What the moves need of the simulated driver. */
export interface SimulatedHost {
  /** Where disks are, as far as other hosts may have them, too. */
  store: DiskStore | null
  dir: (instanceId: string) => string
  get: (instanceId: string) => SimulatedMachine | undefined
  save: (machine: SimulatedMachine) => void
  /** Reads the machine's files again, as a worker does that starts. */
  reload: (instanceId: string) => Promise<void>
  forget: (instanceId: string) => void
  /** Lets the guest do what guests do by themselves. */
  wake: (machine: SimulatedMachine) => void
  exclusive: <Result>(instanceId: string, task: () => Promise<Result>) => Promise<Result>
}

const stateFile = 'simulated.jsonl'
const failed = (message: string): NephosError => new NephosError('driver_failed', `simulated: ${message}`)

/** Moves of simulated machines that are off: their two files travel like real disks. */
export class SimulatedColdMoves implements ColdMoves {
  readonly #host: SimulatedHost
  readonly #doors = new Map<string, Door>()

  constructor(host: SimulatedHost) {
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
      if (open?.offer.migrationId === migrationId) return open.offer
      await this.withdraw(instanceId)
      const machine = this.#off(instanceId)
      if (faults.move(machine.name)) throw failed(`${machine.name} does not move, as its name asks`)
      const dir = this.#host.dir(instanceId)
      const names = [stateFile, 'console.log'].filter((name) => existsSync(join(dir, name)))
      const door = await openDoor({ migrationId, dir, names, sharedDisks }, underlay)
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
    const { instanceId } = spec
    return this.#host.exclusive(instanceId, async () => {
      const dir = this.#host.dir(instanceId)
      const mark = join(dir, 'incoming.json')
      const known = (await readJson(mark)) as { migrationId?: string } | undefined
      if (known?.migrationId !== offer.migrationId) {
        if (this.#host.get(instanceId)?.state === 'running') throw failed(`${instanceId} runs here already`)
        await rm(dir, { recursive: true, force: true })
        await meetStoredDisk(this.#host.store, instanceId, offer.sharedDisks)
        mkdirSync(dir, { recursive: true })
        await writeJson(mark, { migrationId: offer.migrationId })
      }
      await fetchFiles(offer, dir, options)
      await this.#host.reload(instanceId)
    })
  }

  async grow(spec: MachineSpec): Promise<void> {
    const machine = this.#off(spec.instanceId)
    if (machine.diskGib < spec.diskGib) this.#host.save({ ...machine, diskGib: spec.diskGib })
  }

  async keep(instanceId: string, migrationId: string): Promise<void> {
    const file = this.#kept(instanceId, migrationId)
    if (!existsSync(file)) await writeJson(file, { diskGib: this.#off(instanceId).diskGib })
  }

  async bringBack(instanceId: string, migrationId: string): Promise<void> {
    const kept = (await readJson(this.#kept(instanceId, migrationId))) as { diskGib: number } | undefined
    if (!kept) return
    this.#host.save({ ...this.#off(instanceId), diskGib: kept.diskGib })
    await this.forget(instanceId, migrationId)
  }

  forget(instanceId: string, migrationId: string): Promise<void> {
    return rm(this.#kept(instanceId, migrationId), { force: true })
  }

  /** Takes every offer back. */
  async close(): Promise<void> {
    await Promise.all([...this.#doors.keys()].map((id) => this.withdraw(id)))
  }

  #kept(instanceId: string, migrationId: string): string {
    return join(this.#host.dir(instanceId), `kept-${migrationId}.json`)
  }

  #off(instanceId: string): SimulatedMachine {
    const machine = this.#host.get(instanceId)
    if (!machine) throw failed(`${instanceId} has no disk here`)
    if (machine.state === 'running') throw new NephosError('conflict', `The machine of ${instanceId} runs.`)
    return machine
  }
}

const reportEveryMs = 50
const rounds = 4

/** Live migration of simulated machines: their state goes over TCP at the switch-over, and is answered. */
export class SimulatedLiveMoves implements LiveMoves {
  readonly #host: SimulatedHost
  readonly #servers = new Map<string, { migrationId: string; door: LiveDoor; server: Server }>()
  /** Where a copy that is ready goes: of machines whose guest stands still. */
  readonly #ready = new Map<string, LiveDoor>()

  constructor(host: SimulatedHost) {
    this.#host = host
  }

  async cargo(instanceId: string, { sharedDisks }: { sharedDisks: boolean }): Promise<LiveCargo> {
    const { diskGib } = this.#alive(instanceId)
    return { sharedDisks, disks: sharedDisks ? [] : [{ node: 'root', bytes: diskGib * 1024 ** 3 }] }
  }

  prepare(spec: MachineSpec, migrationId: string, cargo: LiveCargo, address: string): Promise<LiveDoor> {
    const { instanceId } = spec
    return this.#host.exclusive(instanceId, async () => {
      const known = this.#servers.get(instanceId)
      if (known?.migrationId === migrationId) return known.door
      const there = this.#host.get(instanceId)
      if (there && there.state !== 'incoming') throw failed(`${instanceId} is here already`)
      this.#close(instanceId)
      await meetStoredDisk(this.#host.store, instanceId, cargo.sharedDisks)
      mkdirSync(this.#host.dir(instanceId), { recursive: true })
      const { name, vcpus, ramMib, diskGib } = spec
      const empty = { version: 1, instanceId, name, vcpus, ramMib, diskGib, boots: 0, startedAt: 0 } as const
      this.#host.save({ ...empty, taps: spec.nics.map(({ tap }) => tap), state: 'incoming' })
      const server = createServer({ allowHalfOpen: true }, (socket) => {
        socket.on('error', () => {})
        socket.setEncoding('utf8')
        let line = ''
        socket.on('data', (part) => {
          line += part
        })
        // Not read as a whole by an iterator, which would close the socket before it is answered.
        socket.once('end', () => {
          const guest = lastState(line)
          const { taps = [] } = this.#host.get(instanceId) ?? {}
          if (guest) this.#host.save({ ...guest, taps, state: 'arrived' })
          socket.end(guest ? 'arrived' : '')
        })
      })
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject)
        server.listen(0, address, resolve)
      })
      const { port } = server.address() as AddressInfo
      const at = { host: address, port }
      const door = { ram: at, disks: cargo.disks.length > 0 ? at : null }
      this.#servers.set(instanceId, { migrationId, door, server })
      return door
    })
  }

  async copy(instanceId: string, { door, signal, onProgress, onEnd, cargo }: CopyOptions): Promise<number> {
    const machine = this.#host.get(instanceId)
    if (machine?.state === 'left') return Date.now()
    const { name, ramMib } = this.#alive(instanceId)
    if (faults.move(name)) throw failed(`${name} does not move, as its name asks`)
    const totalBytes = cargo.disks.reduce((sum, { bytes }) => sum + bytes, 0) + ramMib * 1024 ** 2
    for (let round = 0; ; round++) {
      if (signal.aborted) throw new NephosError('cancelled', 'The migration was cancelled.')
      const part = Math.min(round, rounds - 1) / rounds
      const doneBytes = Math.floor(totalBytes * part)
      const { pause } = await onProgress({ phase: part < 0.5 ? 'disks' : 'memory', totalBytes, doneBytes })
      // A busy guest changes its memory as fast as it is copied, until somebody has it paused.
      if (pause || (round >= rounds && !faults.busy(name))) break
      await sleep(reportEveryMs)
    }
    await onEnd('near')
    await onEnd('here')
    this.#ready.set(instanceId, door)
    return Date.now()
  }

  async switchOver(instanceId: string): Promise<'completed' | 'gone'> {
    const machine = this.#host.get(instanceId)
    if (machine?.state === 'left') return 'completed'
    if (machine?.state !== 'running' && machine?.state !== 'paused') return 'gone'
    const door = this.#ready.get(instanceId)
    if (!door) throw failed('the guest was not copied')
    await send(door.ram, `${JSON.stringify(machine)}\n`)
    this.#host.save({ ...machine, state: 'left' })
    this.#host.forget(instanceId)
    this.#ready.delete(instanceId)
    return 'completed'
  }

  async cancel(
    instanceId: string,
    _migrationId: string,
    { resume, destinationGone }: CancelOptions,
  ): Promise<void> {
    const machine = this.#host.get(instanceId)
    if (machine?.state === 'left' && destinationGone) {
      const here: SimulatedMachine = { ...machine, state: resume ? 'running' : 'paused' }
      this.#host.save(here)
      if (resume) this.#host.wake(here)
    } else if (machine?.state === 'left')
      throw new NephosError('conflict', 'The guest has left this host; the migration cannot be taken back.')
    this.#ready.delete(instanceId)
  }

  async arrived(instanceId: string): Promise<boolean> {
    return this.#host.get(instanceId)?.state === 'arrived'
  }

  finish(instanceId: string, { resume }: { resume: boolean }): Promise<MachineStatus> {
    return this.#host.exclusive(instanceId, async () => {
      const machine = this.#host.get(instanceId)
      this.#close(instanceId)
      if (machine?.state === 'arrived') {
        const here: SimulatedMachine = { ...machine, state: resume ? 'running' : 'paused' }
        this.#host.save(here)
        if (resume) this.#host.wake(here)
      } else if (machine?.state !== 'running' && machine?.state !== 'paused')
        throw failed('the guest has not arrived on this host')
      return { instanceId, powerState: resume ? 1 : 3, pid: null }
    })
  }

  /** Ends what waits for a machine. */
  release(instanceId: string): void {
    this.#close(instanceId)
    this.#ready.delete(instanceId)
  }

  close(): void {
    for (const id of this.#servers.keys()) this.#close(id)
  }

  #close(instanceId: string): void {
    this.#servers.get(instanceId)?.server.close()
    this.#servers.delete(instanceId)
  }

  #alive(instanceId: string): SimulatedMachine {
    const machine = this.#host.get(instanceId)
    if (machine?.state !== 'running' && machine?.state !== 'paused')
      throw new NephosError('conflict', 'The machine of the instance does not run on this host.')
    return machine
  }
}

async function send({ host, port }: { host: string; port: number }, line: string): Promise<void> {
  const socket = connect({ host, port, allowHalfOpen: true })
  socket.setTimeout(10_000, () => socket.destroy(new Error('no answer')))
  try {
    socket.end(line)
    if ((await text(socket)) !== 'arrived') throw new Error('refused')
  } catch (cause) {
    throw new NephosError(
      'driver_failed',
      `simulated: the guest could not be handed over: ${(cause as Error).message}`,
      {
        cause,
      },
    )
  }
}
