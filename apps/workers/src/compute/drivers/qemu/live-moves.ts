import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { NephosError } from '@nephos/core/errors'
import { z } from 'zod'
import type { MachineSpec, MachineStatus } from '../../driver.ts'
import {
  type CancelOptions,
  type CopyOptions,
  type LiveCargo,
  type LiveDoor,
  type LiveMoves,
  liveDoor,
} from '../../moves.ts'
import { readJson, writeJson } from '../atomic-file.ts'
import type { MoveHost } from './cold-moves.ts'
import { copyOut, hasArrived, jobsOf, queryMigration, queryOutgoing } from './live-copy.ts'
import type { QemuMachine } from './machine.ts'
import { firmwareVars } from './machine-args.ts'
import { meetDisks } from './meet-disks.ts'
import type { QmpClient } from './qmp-client.ts'
import { resizeEmptyDisk } from './resize-disk.ts'
import { volumeNodePrefix } from './volumes/nodes.ts'

const blockDevices = z.array(
  z.object({
    inserted: z
      .object({
        'node-name': z.string(),
        ro: z.boolean(),
        image: z.object({ 'virtual-size': z.number() }),
      })
      .optional(),
  }),
)
const noted = z.object({ migrationId: z.string(), door: liveDoor })

const switchMs = 60_000
const cancelMs = 20_000
const arrivalMs = 10_000
const portTries = 20
/** Ports that libvirt uses for the same. */
const ports = { from: 49_152, to: 49_999 }

const isVolume = (node: string) => node.startsWith(volumeNodePrefix)

/** Live migration between two QEMUs: block mirrors over NBD, then memory, then the switch-over that was decided elsewhere. */
export class QemuLiveMoves implements LiveMoves {
  readonly #host: MoveHost

  constructor(host: MoveHost) {
    this.#host = host
  }

  async cargo(instanceId: string, { sharedDisks }: { sharedDisks: boolean }): Promise<LiveCargo> {
    const monitor = await this.#monitor(instanceId)
    if (sharedDisks) return { disks: [], sharedDisks }
    const devices = blockDevices.parse(await monitor.execute('query-block'))
    return {
      sharedDisks,
      disks: devices.flatMap(({ inserted }) =>
        // Variables of the firmware travel with the memory; volumes are reached from both hosts.
        inserted && !inserted.ro && inserted['node-name'] !== firmwareVars && !isVolume(inserted['node-name'])
          ? [{ node: inserted['node-name'], bytes: inserted.image['virtual-size'] }]
          : [],
      ),
    }
  }

  async prepare(
    spec: MachineSpec,
    migrationId: string,
    cargo: LiveCargo,
    address: string,
  ): Promise<LiveDoor> {
    const { exclusive, machine: find, createDisk, user } = this.#host
    const { instanceId } = spec
    const machine = await find(instanceId)
    const note = join(machine.paths.dir, 'incoming.json')
    const known = noted.safeParse(await readJson(note)).data
    if (machine.alive && known?.migrationId === migrationId) return known.door
    if (machine.alive)
      throw new NephosError('conflict', `The machine of instance ${instanceId} runs on this host already.`)
    // What an earlier move left is worth nothing.
    await exclusive(instanceId, () => machine.destroy())
    await meetDisks(instanceId, machine.paths, { ...this.#host, ...cargo })
    if (!cargo.sharedDisks) await createDisk(spec)
    return exclusive(instanceId, async () => {
      for (const { node, bytes } of cargo.disks)
        if (node === 'root') await resizeEmptyDisk(machine.paths, bytes, user)
      await machine.start({ ...spec, incoming: true })
      try {
        const door = await openDoor(await monitorOf(machine), cargo, address)
        await writeJson(note, { migrationId, door })
        return door
      } catch (error) {
        await machine.destroy()
        throw error
      }
    })
  }

  async copy(instanceId: string, options: CopyOptions): Promise<number> {
    return copyOut(await this.#monitor(instanceId), options)
  }

  async switchOver(instanceId: string, migrationId: string): Promise<'completed' | 'gone'> {
    const machine = await this.#host.machine(instanceId)
    const deadline = performance.now() + switchMs
    for (;;) {
      if (!machine.alive) return 'gone'
      try {
        const monitor = await monitorOf(machine)
        const { status, 'error-desc': words } = await queryOutgoing(monitor)
        if (status === 'completed') return 'completed'
        if (status === 'pre-switchover') {
          // Whoever copied may have died while it let the guest read what it had been sent.
          await monitor.execute('stop')
          await endMirrors(monitor, migrationId)
          await monitor.execute('migrate-continue', { state: 'pre-switchover' })
        } else if (status !== 'device' && status !== 'active' && status !== 'setup')
          throw new NephosError(
            'driver_failed',
            `The guest could not be handed over: ${words ?? `QEMU says ${status ?? 'nothing'}`}.`,
          )
      } catch (error) {
        // QEMU may have ended between two questions.
        if (machine.alive) throw error
      }
      if (performance.now() > deadline)
        throw new NephosError('driver_failed', 'The guest could not be handed over in time.')
      await sleep(5)
    }
  }

  cancel(instanceId: string, migrationId: string, { resume, destinationGone }: CancelOptions): Promise<void> {
    return this.#host.exclusive(instanceId, async () => {
      const machine = await this.#host.machine(instanceId)
      if (!machine.alive) return
      const monitor = await monitorOf(machine)
      const deadline = performance.now() + cancelMs
      for (;;) {
        const { status } = await queryOutgoing(monitor)
        if (status === 'completed' && destinationGone) break
        if (status === 'completed')
          throw new NephosError(
            'conflict',
            'The guest has left this host; the migration cannot be taken back.',
          )
        if (!status || ['none', 'failed', 'cancelled'].includes(status)) break
        if (status !== 'cancelling') await monitor.execute('migrate_cancel')
        if (performance.now() > deadline)
          throw new NephosError('driver_failed', 'QEMU does not end the migration.')
        await sleep(20)
      }
      await dropMirrors(monitor, migrationId)
      // QEMU lets a guest that it paused go on by itself; one that was paused so that it fits is still standing.
      const { running } = z.object({ running: z.boolean() }).parse(await monitor.execute('query-status'))
      if (resume && !running) await monitor.execute('cont')
    })
  }

  async arrived(instanceId: string): Promise<boolean> {
    const machine = await this.#host.machine(instanceId)
    return machine.alive && (await hasArrived(await monitorOf(machine)))
  }

  finish(instanceId: string, { resume }: { resume: boolean }): Promise<MachineStatus> {
    return this.#host.exclusive(instanceId, async () => {
      const machine = await this.#host.machine(instanceId)
      const monitor = await monitorOf(machine)
      await arrival(monitor)
      const exports = z.array(z.object({ id: z.string() }))
      for (const { id } of exports.parse(await monitor.execute('query-block-exports')))
        await monitor.execute('block-export-del', { id, mode: 'hard' }).catch(() => {})
      // There is none any more when this was done before.
      await monitor.execute('nbd-server-stop').catch(() => {})
      if (resume) await this.#resume(monitor)
      await monitor.execute('announce-self', { initial: 50, max: 550, rounds: 5, step: 50 })
      return machine.status()
    })
  }

  /** An export that is just being closed holds the disk a moment longer. */
  async #resume(monitor: QmpClient): Promise<void> {
    for (let tries = 0; ; tries++)
      try {
        await monitor.execute('cont')
        return
      } catch (error) {
        if (tries >= 100) throw error
        await sleep(10)
      }
  }

  async #monitor(instanceId: string): Promise<QmpClient> {
    return monitorOf(await this.#host.machine(instanceId))
  }
}

async function monitorOf(machine: QemuMachine): Promise<QmpClient> {
  const monitor = await machine.monitor()
  if (monitor) return monitor
  throw new NephosError('conflict', 'The machine of the instance does not run on this host.')
}

/** The source is done a moment before the last of the guest is unpacked here. */
async function arrival(monitor: QmpClient): Promise<void> {
  const deadline = performance.now() + arrivalMs
  for (;;) {
    const { status, 'error-desc': words } = await queryMigration(monitor)
    if (status === 'completed') return
    if (status !== 'active' || performance.now() > deadline)
      throw new NephosError(
        'driver_failed',
        `The guest has not arrived on this host${words ? `: ${words}` : ''}.`,
      )
    await sleep(5)
  }
}

/** Waits for memory on a port that the system chooses, and for the disks on one that was free. */
async function openDoor(monitor: QmpClient, { disks }: LiveCargo, host: string): Promise<LiveDoor> {
  await monitor.execute('migrate-incoming', { uri: `tcp:${host}:0` })
  const listening = z.object({ 'socket-address': z.array(z.object({ port: z.string() })).min(1) })
  const ram = listening.parse(await monitor.execute('query-migrate'))
  const door: LiveDoor = { ram: { host, port: Number(ram['socket-address'][0]!.port) }, disks: null }
  if (disks.length === 0) return door
  const port = await startNbd(monitor, host)
  for (const { node } of disks)
    await monitor.execute('block-export-add', {
      type: 'nbd',
      id: `move-${node}`,
      'node-name': node,
      name: node,
      writable: true,
    })
  return { ...door, disks: { host, port } }
}

async function startNbd(monitor: QmpClient, host: string): Promise<number> {
  for (let tries = 1; ; tries++) {
    const port = randomInt(ports.from, ports.to + 1)
    try {
      await monitor.execute('nbd-server-start', {
        addr: { type: 'inet', data: { host, port: String(port) } },
        'max-connections': 32,
      })
      return port
    } catch (error) {
      if (tries >= portTries || !/in use/i.test((error as Error).message)) throw error
    }
  }
}

/** The mirrors are ready: ended now, both sides hold the same, and the disks belong to the destination. */
async function endMirrors(monitor: QmpClient, migrationId: string): Promise<void> {
  for (const { id, status } of await jobsOf(monitor, migrationId))
    if (status !== 'concluded') await monitor.execute('block-job-cancel', { device: id, force: false })
  const deadline = performance.now() + cancelMs
  for (;;) {
    const jobs = await jobsOf(monitor, migrationId)
    const failed = jobs.find(({ error }) => error !== undefined)
    if (failed) throw new NephosError('driver_failed', `A disk could not be copied: ${failed.error}.`)
    if (jobs.every(({ status }) => status === 'concluded')) return
    if (performance.now() > deadline)
      throw new NephosError('driver_failed', 'The last writes to a disk could not be copied in time.')
    await sleep(2)
  }
}

/** Ends the mirrors of a migration and lets go of the other host's disks. */
async function dropMirrors(monitor: QmpClient, migrationId: string): Promise<void> {
  const deadline = performance.now() + cancelMs
  for (;;) {
    const jobs = await jobsOf(monitor, migrationId)
    if (jobs.length === 0) break
    for (const { id, status } of jobs)
      if (status === 'concluded') await monitor.execute('job-dismiss', { id })
      else if (status !== 'aborting') await monitor.execute('block-job-cancel', { device: id, force: true })
    if (performance.now() > deadline)
      throw new NephosError('driver_failed', 'QEMU does not end the copy of a disk.')
    await sleep(10)
  }
  const nodes = z.array(z.object({ 'node-name': z.string() }))
  const all = nodes.parse(await monitor.execute('query-named-block-nodes', { flat: true }))
  for (const { 'node-name': name } of all)
    if (name.startsWith('move-')) await monitor.execute('blockdev-del', { 'node-name': name })
}
