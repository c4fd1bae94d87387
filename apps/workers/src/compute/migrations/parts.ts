import { setTimeout as sleep } from 'node:timers/promises'
import {
  conflict,
  type MachineRecord,
  type MigrationFlavor,
  machineSelect,
  migrationFlavor,
  NephosError,
  openImageForHost,
  type Services,
  type StoredMigration,
} from '@nephos/core'
import type { MovePart } from '@nephos/jobs'
import type { z } from 'zod'
import type { ComputeDeps } from '../deps.ts'
import type { MachineSpec } from '../driver.ts'
import { liveCargo } from '../moves.ts'
import { imageOf } from '../sagas/image-of.ts'
import { machineSpec, type Wired } from '../sagas/load.ts'
import { diskProbe } from '../storage.ts'
import { fileOffer } from '../transfer/offer.ts'
import { disconnectVolumes, withVolumes } from '../volumes/connect.ts'
import { moveUnderlay } from './underlay.ts'
import { writeMigration } from './write.ts'

/** JSON as it travels in a request. */
export type Json = z.core.util.JSONType

/** What a part of a move is given. */
export interface PartContext {
  deps: ComputeDeps
  migrationId: string
  input: Json
  signal: AbortSignal
  progress: (message: string, doneBytes: number | null, totalBytes: number | null) => void
}

const mib = 1024 ** 2
const arrivalMs = 10_000

/** What each part does. All of them may be asked for again, and check that the move is where they belong. */
export const parts: Record<MovePart, (context: PartContext) => Promise<Json | undefined>> = {
  /** Destination: says whether it sees what the source has left beside the disks. */
  look: async (context) => {
    const { record } = await load(context, 'destHost', ['pre-migrating', 'migrating', 'running'])
    return context.deps.driver.storage.sees(record.id, diskProbe.parse(context.input))
  },

  /** Destination: brings what is needed before the instance can come; for a guest that runs, a machine that waits. */
  prepare: async (context) => {
    const { deps, input, signal, progress } = context
    const { services, driver, hostName } = deps
    const { migration, record } = await load(context, 'destHost', ['pre-migrating', 'migrating', 'running'])
    const image = await imageOf(services, record.id, record.imageId)
    if (image) await cache(deps, image.imageId, signal, progress)
    const cargo = liveCargo.nullable().parse(input)
    if (!cargo) return undefined
    const wired = await services.ask(hostName, 'network.wire', {
      portIds: record.ports.map(({ id }) => id),
      standby: true,
    })
    const { address, netns } = moveUnderlay(services, driver)
    const spec = await withVolumes(deps, machineSpec({ record }, image, wired))
    const door = await driver.live.prepare(
      { ...spec, netns: spec.netns ?? netns },
      migration.id,
      cargo,
      address,
    )
    return door
  },

  /** Destination: fetches the disks of a machine that is off. */
  receive: async (context) => {
    const { deps, input, signal, progress } = context
    const { services, driver, hostName } = deps
    const { migration, record } = await load(context, 'destHost', ['migrating'])
    if (migration.sourceHost === hostName) throw conflict('The disks are on this host already.')
    const { netns } = moveUnderlay(services, driver)
    const spec = await specOf(deps, record, migration.newFlavor, { ports: [] })
    await driver.cold.receive(spec, fileOffer.parse(input), {
      signal,
      netns,
      onProgress: (done, total) => progress('Copying the disks', done, total),
    })
    return undefined
  },

  /** Destination: gives a machine that has come its new size and starts it, if it ran before. */
  start: async (context) => {
    const { migration, record } = await load(context, 'destHost', ['post-migrating'])
    return startHere(context, record, migration.newFlavor, migration.oldVmState, true)
  },

  /** Destination: begins to keep what is copied for the guest. */
  accept: async (context) => {
    const { services, hostName } = context.deps
    const { record } = await load(context, 'destHost', ['running'])
    const portIds = record.ports.map(({ id }) => id)
    if (portIds.length > 0) await services.ask(hostName, 'network.accept', { portIds })
    return undefined
  },

  /**
   * Destination: lets a guest that has arrived go on, from where the network finds it from now on. That it runs here is
   * written first: from then on nothing takes the move back.
   */
  arrive: async (context) => {
    const { services, driver, hostName } = context.deps
    const { migration, record } = await load(context, 'destHost', ['post-migrating', 'completing'])
    if (migration.status === 'post-migrating') {
      await arrival(context, record.id)
      if (!(await writeMigration(context.deps, migration.id, ['post-migrating'], 'completing')))
        throw conflict('The move was taken back.')
    }
    const resume = migration.oldVmState === 'active'
    const portIds = record.ports.map(({ id }) => id)
    // What is sent to the guest from here on waits here for it, so it need not go on first.
    const reached =
      portIds.length > 0 ? services.ask(hostName, 'network.activate', { portIds }) : Promise.resolve({})
    reached.catch(() => {})
    const { powerState } = await driver.live.finish(record.id, { resume }).catch(async (error: unknown) => {
      // It may have ended by itself since it went on here.
      const now = await driver.status(record.id)
      if (migration.status === 'completing' && now.pid === null && now.powerState !== 1) return now
      throw error
    })
    const goesOn = performance.now()
    await reached
    return { powerState, sinceMs: Math.round(performance.now() - goesOn) }
  },

  /** Destination: removes what was made for a move that is taken back. */
  abort: async (context) => {
    const { services, driver, hostName } = context.deps
    const { record } = await load(context, 'destHost', [
      'pre-migrating',
      'migrating',
      'running',
      'cancelling',
      'failing',
    ])
    if (record.host?.name === hostName) throw conflict('The instance is on this host.')
    await driver.destroy(record.id)
    await unwire(services, hostName, record)
    await disconnectVolumes(context.deps, record.id)
    return undefined
  },

  /** Source: removes what the instance left behind. */
  discard: async (context) => {
    const { services, driver, hostName } = context.deps
    const { migration, record } = await load(context, 'sourceHost', ['confirming', 'running'])
    // An evacuation has made it another host's; any other move that runs still needs it here.
    if (migration.status === 'running' && (migration.kind !== 'evacuation' || record.host?.name === hostName))
      throw conflict('The instance is on this host.')
    if (migration.destHost === hostName) {
      await driver.cold.forget(record.id, migration.id)
      return undefined
    }
    // An evacuation may still fail: until it has not, the disks are to be there for the next one.
    await driver.destroy(record.id, { keepDisks: migration.kind === 'evacuation' })
    await unwire(services, hostName, record)
    await disconnectVolumes(context.deps, record.id)
    return undefined
  },

  /** Source: makes the machine what it was when the instance left, and starts it, if it ran. */
  restore: async (context) => {
    const { migration, record } = await load(context, 'sourceHost', ['reverting'])
    await context.deps.driver.cold.bringBack(record.id, migration.id)
    return startHere(context, record, migration.oldFlavor, migration.oldVmState, false)
  },
}

/** The move and its instance. @throws NephosError conflict when the part does not belong where the move is */
async function load(
  { deps: { services, hostName }, migrationId }: PartContext,
  side: 'sourceHost' | 'destHost',
  statuses: readonly string[],
): Promise<{ migration: StoredMigration; record: MachineRecord }> {
  const migration = await services.db.migration.findUnique({ where: { id: migrationId } })
  const record =
    migration &&
    (await services.db.instance.findUnique({ where: { id: migration.instanceId }, select: machineSelect }))
  if (!migration || !record || migration[side] !== hostName)
    throw conflict(`The host ${hostName} has no part in this move any more.`)
  if (migration.endedAt || !statuses.includes(migration.status))
    throw conflict(`The move is ${migration.status}; this cannot be done any more.`)
  return { migration, record }
}

/** The source is done a moment before the last of the guest is unpacked here. */
async function arrival({ deps: { driver }, signal }: PartContext, instanceId: string): Promise<void> {
  const deadline = performance.now() + arrivalMs
  while (!(await driver.live.arrived(instanceId))) {
    if (signal.aborted) throw new NephosError('cancelled', 'The move was cancelled.')
    if (performance.now() > deadline || (await driver.status(instanceId)).powerState !== 3)
      throw new NephosError('driver_failed', 'The guest did not arrive whole.')
    await sleep(5)
  }
}

/** The record with another flavor in place of its own; null leaves it. */
export const withFlavor = <Record extends MachineRecord>(record: Record, flavor: unknown): Record => {
  if (!flavor) return record
  const parsed: MigrationFlavor = migrationFlavor.parse(flavor)
  return { ...record, ...parsed }
}

async function specOf(
  { services }: ComputeDeps,
  record: MachineRecord,
  flavor: unknown,
  wired: Wired,
): Promise<MachineSpec> {
  const image = await imageOf(services, record.id, record.imageId)
  return machineSpec({ record: withFlavor(record, flavor) }, image, wired)
}

async function startHere(
  { deps, progress }: PartContext,
  record: MachineRecord,
  flavor: unknown,
  vmState: string,
  grow: boolean,
): Promise<Json> {
  const { services, driver, hostName } = deps
  const { powerState: now } = await driver.status(record.id)
  if (grow && now !== 1 && now !== 3)
    await driver.cold.grow(await specOf(deps, record, flavor, { ports: [] }))
  if (vmState !== 'active') return { powerState: 4 }
  progress('Starting the machine', null, null)
  const wired = await services.ask(hostName, 'network.wire', { portIds: record.ports.map(({ id }) => id) })
  const spec = await withVolumes(deps, await specOf(deps, record, flavor, wired))
  const { powerState } = await driver.start(spec)
  return { powerState }
}

async function cache(
  { services, driver }: ComputeDeps,
  imageId: string,
  signal: AbortSignal,
  progress: PartContext['progress'],
): Promise<void> {
  try {
    const image = await openImageForHost(services, imageId)
    await driver.cacheImage(image, {
      signal,
      onProgress: (bytes) =>
        progress(`Copying the image (${Math.floor(bytes / mib)} MiB)`, bytes, image.sizeBytes),
    })
  } catch (error) {
    // It was deleted since: the instance brings what it needs of it along.
    if (!(error instanceof NephosError) || error.code !== 'not_found') throw error
  }
}

/** Takes the ports off a host that the instance is not on; those that are elsewhere already stay there. */
async function unwire(services: Services, hostName: string, record: MachineRecord): Promise<void> {
  if (record.ports.length === 0) return
  await services.ask(hostName, 'network.unwire', {
    ports: record.ports.map(({ id, networkId }) => ({ portId: id, networkId })),
  })
}
