import {
  faultOf,
  instanceChanged,
  jsonColumn,
  type MutationTx,
  machineSelect,
  mutate,
  NephosError,
  noJson,
  openImageForHost,
  releaseAllocation,
  setMigrationStatus,
  writeInstanceState,
} from '@nephos/core'
import type { Failure, Saga } from '@nephos/jobs'
import { z } from 'zod'
import type { ComputeDeps } from '../deps.ts'
import { lead } from '../migrations/lead.ts'
import { shutOut, withVolumes } from '../volumes/connect.ts'
import { makeConfigDrive } from './config-drive.ts'
import { imageOf, rootImage } from './image-of.ts'
import { machineSpec } from './load.ts'
import { ctxOf, endTakenBack, loadMove, type MoveState } from './move.ts'
import { unwirePorts, wiredOf, wirePorts } from './steps.ts'

const mib = 1024 ** 2
const takenOver = z.object({ kept: z.boolean() })
/** A host that is lost does not answer; one that comes back later removes what it has before anything else. */
const sourceMs = 0

/**
 * Builds an instance anew whose host is lost, on the host that the scheduler found. The instance belongs here before
 * anything is made: from then on the lost host, should it come back, removes what it has of it.
 */
export function instanceEvacuate(deps: ComputeDeps): Saga<MoveState> {
  const { services, driver } = deps
  const specOf = (state: MoveState, outputs: Record<string, unknown>) =>
    machineSpec(state, rootImage.parse(outputs['cache-image']), wiredOf(outputs))
  return {
    name: 'instance-evacuate',
    firstPosition: 1,
    cancellable: false,
    steps: [
      {
        name: 'take-over',
        run: async ({ state, progress }) => {
          if (state.migration.status !== 'pre-migrating')
            return { kept: await driver.storage.adopt(state.record.id) }
          // What an earlier life of the instance left here is worth nothing.
          await driver.destroy(state.record.id)
          // Before the lost host can come back and see nobody else who needs them.
          const kept = await driver.storage.adopt(state.record.id)
          if (kept) progress('The disks are on storage that this host has, too: the instance keeps them')
          await takeOver(deps, state)
          return { kept }
        },
        undo: async ({ state }) => {
          await driver.destroy(state.record.id)
          await handBack(deps, state)
        },
      },
      {
        name: 'fence-source',
        run: async ({ state: { migration, record } }) => {
          try {
            await lead(deps, migration.sourceHost, 'discard', {
              migrationId: migration.id,
              patienceMs: sourceMs,
            })
          } catch (error) {
            if (!(error instanceof NephosError) || error.code !== 'unavailable') throw error
          }
          // Should that host still live, it does not write to them any more.
          await shutOut(deps, record.id, migration.sourceHost)
          return undefined
        },
      },
      {
        // The cache is shared and keeps itself small: there is nothing to undo.
        name: 'cache-image',
        run: async ({ state: { record }, outputs, signal, progress }) => {
          const base = await imageOf(services, record.id, record.imageId)
          // Disks that are kept have the image that they lie over beside them.
          if (takenOver.safeParse(outputs['take-over']).data?.kept) return base
          if (!base) return null
          const { imageId } = base
          const image = await openImageForHost(services, imageId)
          const size = Math.ceil(image.sizeBytes / mib)
          await driver.cacheImage(image, {
            signal,
            onProgress: (bytes) =>
              progress(
                `Copying the image (${Math.floor(bytes / mib)} of ${size} MiB)`,
                20 + Math.floor((40 * bytes) / Math.max(1, image.sizeBytes)),
              ),
          })
          const { sha512, format } = image
          return { imageId, sha512, format }
        },
      },
      {
        name: 'wire-ports',
        run: wirePorts(deps),
        undo: ({ state }) => unwirePorts(deps)(state),
      },
      {
        name: 'create-disk',
        run: async ({ state, outputs, progress }) => {
          if (!takenOver.safeParse(outputs['take-over']).data?.kept) progress('Making the disks', 60)
          await driver.createDisk(specOf(state, outputs))
          await makeConfigDrive(deps, state)
          return undefined
        },
        undo: ({ state }) => driver.destroy(state.record.id),
      },
      {
        name: 'start-machine',
        run: async ({ state, outputs }) => {
          if (state.migration.oldVmState === 'stopped') return { powerState: 4 }
          const { powerState } = await driver.start(await withVolumes(deps, specOf(state, outputs)))
          return { powerState }
        },
        undo: ({ state }) => driver.destroy(state.record.id),
      },
    ],
    load: (operation) => loadMove(deps, operation, 'destHost'),
    succeed: async (state, outputs) => {
      await mutate(ctxOf(deps, state), async (tx) => {
        const completed = await setMigrationStatus(tx, state.migration.id, ['running'], 'completed')
        if (!completed) throw new NephosError('conflict', 'The evacuation was ended by others.')
        await releaseAllocation(tx, state.migration.id, services.config.serviceDownTime)
        const stopped = state.migration.oldVmState === 'stopped'
        await writeRebuilding(tx, state, {
          vmState: stopped ? 'stopped' : 'active',
          taskState: null,
          powerState: stopped ? 4 : 1,
          base: baseColumn(outputs['cache-image']),
          guestReadyAt: null,
          launchedAt: new Date(),
          faultCode: null,
          faultMessage: null,
          faultDetail: noJson,
          faultAt: null,
        })
      })
      // The disks are this host's alone from now on, so that a delete removes them.
      await driver.storage.dismiss(state.record.id, state.migration.sourceHost)
    },
    fail: (state, failure) => failEvacuation(deps, state, failure),
  }
}

/** What the root disk lies over; nothing where it is a volume. */
const baseColumn = (output: unknown) => {
  const base = rootImage.parse(output)
  return base ? jsonColumn(base) : noJson
}

/** From here on the instance is this host's, whatever the other one has of it. */
async function takeOver(deps: ComputeDeps, state: MoveState): Promise<void> {
  await mutate(ctxOf(deps, state), async (tx) => {
    const running = await setMigrationStatus(tx, state.migration.id, ['pre-migrating'], 'running')
    if (!running) throw new NephosError('conflict', 'The evacuation was ended by others.')
    state.record = await moveTo(tx, state, deps.hostName)
    state.migration = running
  })
}

/** Nothing of the instance is here: it is again where an evacuation can be asked for. */
async function handBack(deps: ComputeDeps, state: MoveState): Promise<void> {
  await mutate(ctxOf(deps, state), async (tx) => {
    const now = await tx.db.instance.findUnique({ where: { id: state.record.id }, select: machineSelect })
    if (now?.host?.name !== deps.hostName || now.taskState !== 'rebuilding') return
    state.record = await moveTo(tx, { ...state, record: now }, state.migration.sourceHost)
  })
}

async function moveTo(
  tx: MutationTx,
  { record }: Pick<MoveState, 'record'>,
  name: string,
): Promise<MoveState['record']> {
  const host = await tx.db.host.findUnique({ where: { name }, select: { id: true, name: true, zone: true } })
  if (!host) throw new NephosError('conflict', `The host ${name} is gone.`)
  const written = await writeInstanceState(tx.db, record, { hostId: host.id, zone: host.zone })
  if (!written) throw new NephosError('conflict', 'The instance was changed while it was being evacuated.')
  const moved = { ...written, host: { name: host.name } }
  instanceChanged(tx, 'updated', moved)
  return moved
}

/** Writes what the instance is after the evacuation, unless newer work has it. */
async function writeRebuilding(
  tx: MutationTx,
  { record: { id } }: MoveState,
  changes: Parameters<typeof writeInstanceState>[2],
): Promise<void> {
  const record = await tx.db.instance.findUnique({ where: { id }, select: machineSelect })
  if (record?.taskState !== 'rebuilding') return
  const written = await writeInstanceState(tx.db, record, changes)
  if (!written) throw new NephosError('unavailable', 'The instance is being changed at this moment.')
  instanceChanged(tx, 'updated', written)
}

/** It is what it was, on the host that is lost, and says why. */
const failEvacuation = (deps: ComputeDeps, state: MoveState, failure: Failure): Promise<void> =>
  mutate(ctxOf(deps, state), async (tx) => {
    await endTakenBack(tx, deps, state.migration, failure)
    await writeRebuilding(tx, state, {
      vmState: state.migration.oldVmState as 'active',
      taskState: null,
      ...faultOf(failure),
    })
  })
