import {
  instanceChanged,
  instanceSelect,
  migrationFlavor,
  mutate,
  NephosError,
  noJson,
  setMigrationStatus,
  writeInstanceState,
} from '@nephos/core'
import type { Saga } from '@nephos/jobs'
import type { ComputeDeps } from '../deps.ts'
import { lead } from '../migrations/lead.ts'
import { seesDisks } from '../migrations/shared-disks.ts'
import { moveUnderlay } from '../migrations/underlay.ts'
import { moveProgress } from '../migrations/write.ts'
import { withVolumes } from '../volumes/connect.ts'
import { imageOf } from './image-of.ts'
import { machineSpec } from './load.ts'
import {
  advance,
  ctxOf,
  dismissDestination,
  failMove,
  isBeyond,
  loadMove,
  type MoveState,
  requireDismissed,
  showTask,
} from './move.ts'

const tasks = ['resize_prep', 'resize_migrating', 'resize_migrated', 'resize_finish']
const mib = 1024 ** 2

/**
 * Moves an instance while it is off, with another flavor or the same. It runs on the host that the instance leaves; the
 * destination does its parts when it is asked. What is here stays until the move is confirmed.
 */
export function instanceResize(deps: ComputeDeps): Saga<MoveState> {
  const { services, driver, hostName } = deps
  const stays = ({ destHost }: MoveState) => destHost === hostName
  return {
    name: 'instance-resize',
    firstPosition: 1,
    steps: [
      {
        name: 'prepare-destination',
        run: async ({ state, signal, progress }) => {
          if (isBeyond(state, 'migrating')) return undefined
          await lead(deps, state.destHost, 'prepare', {
            migrationId: state.migration.id,
            signal,
            onProgress: (message) => message && progress(message),
          })
          return undefined
        },
        undo: ({ state }) => dismissDestination(deps, state),
      },
      {
        name: 'stop-machine',
        run: async ({ state, signal, progress }) => {
          if (isBeyond(state, 'migrating')) return undefined
          await advance(deps, state, ['pre-migrating'], 'migrating')
          await showTask(deps, state, 'resize_migrating')
          progress('Waiting for the guest to power off')
          await driver.stop(state.record.id, { timeoutMs: services.config.shutdownTimeout * 1000, signal })
          return undefined
        },
        undo: async ({ state }) => {
          await dismissDestination(deps, state)
          await requireDismissed(deps, state)
          if (state.migration.oldVmState === 'active') await startAgain(deps, state)
        },
      },
      {
        name: 'move-disks',
        run: async ({ state, signal, progress }) => {
          if (isBeyond(state, 'migrating')) return undefined
          const { record, migration, destHost } = state
          if (stays(state)) {
            await driver.cold.keep(record.id, migration.id)
            return undefined
          }
          const sharedDisks = await seesDisks(deps, state, signal)
          if (sharedDisks) {
            // The new place writes to the same disks: what they are now is what the move can be taken back to.
            progress('Both hosts see the disks: they are not copied')
            await driver.cold.keep(record.id, migration.id)
          }
          const underlay = moveUnderlay(services, driver)
          const offer = await driver.cold.offer(record.id, migration.id, underlay, { sharedDisks })
          const show = moveProgress(deps, migration)
          await lead(deps, destHost, 'receive', {
            migrationId: migration.id,
            input: offer,
            signal,
            onProgress: (_message, done, total) => {
              void show(done, total).catch(() => {})
              if (done !== null && total)
                progress(
                  `Copying the disks (${Math.floor(done / mib)} of ${Math.ceil(total / mib)} MiB)`,
                  40 + Math.floor((40 * done) / total),
                )
            },
          })
          await driver.cold.withdraw(record.id)
          return undefined
        },
        undo: async ({ state }) => {
          await driver.cold.withdraw(state.record.id)
          await dismissDestination(deps, state)
          // The destination may still run when it could not be told; then it is not certain what the disks are.
          if (!stays(state)) await requireDismissed(deps, state)
          await driver.cold.bringBack(state.record.id, state.migration.id)
        },
      },
      {
        name: 'start-machine',
        run: async ({ state, signal, progress }) => {
          await advance(deps, state, ['migrating'], 'post-migrating')
          await showTask(deps, state, 'resize_finish')
          progress('Starting the machine on its new place')
          return lead(deps, state.destHost, 'start', { migrationId: state.migration.id, signal })
        },
        undo: ({ state }) => dismissDestination(deps, state),
      },
    ],
    load: async (operation) => {
      const state = await loadMove(deps, operation)
      return state?.record.host?.name === hostName && state.migration.status !== 'finished' ? state : null
    },
    succeed: (state, outputs) => finish(deps, state, outputs['start-machine']),
    fail: (state, failure) => failMove(deps, state, failure, tasks),
  }
}

/** The instance is on its new place with its new flavor, and waits to be judged. */
const finish = (deps: ComputeDeps, state: MoveState, started: unknown): Promise<void> =>
  mutate(ctxOf(deps, state), async (tx) => {
    const { config } = deps.services
    const [record, host] = await Promise.all([
      tx.db.instance.findUnique({ where: { id: state.record.id }, select: instanceSelect }),
      tx.db.host.findUnique({
        where: { name: state.destHost },
        select: { id: true, name: true, zone: true },
      }),
    ])
    if (!record || !host || !tasks.includes(record.taskState ?? ''))
      throw new NephosError('conflict', 'The instance was changed while it was moving.')
    const window = config.resizeConfirmWindow
    const finished = await setMigrationStatus(tx, state.migration.id, ['post-migrating'], 'finished', {
      confirmAt: window > 0 ? new Date(Date.now() + window * 1000) : null,
    })
    if (!finished) throw new NephosError('conflict', 'The move was taken back.')
    const active = state.migration.oldVmState === 'active'
    const written = await writeInstanceState(tx.db, record, {
      ...flavorColumns(state.migration.newFlavor),
      hostId: host.id,
      zone: host.zone,
      vmState: 'resized',
      taskState: null,
      powerState: powerStateOf(started) ?? (active ? 1 : 4),
      guestReadyAt: null,
      ...(active && { launchedAt: new Date() }),
    })
    if (!written) throw new NephosError('conflict', 'The instance was changed while it was moving.')
    instanceChanged(tx, 'updated', { ...written, host: { name: host.name } })
  })

/** Columns of the instance that a flavor sets; none when it stays. */
export function flavorColumns(flavor: unknown) {
  if (!flavor) return {}
  const { extraSpecs, ...columns } = migrationFlavor.parse(flavor)
  return { ...columns, extraSpecs: extraSpecs ?? noJson }
}

/** What a part answered that started a machine. */
export const powerStateOf = (answer: unknown): number | null =>
  answer !== null &&
  typeof answer === 'object' &&
  'powerState' in answer &&
  typeof answer.powerState === 'number'
    ? answer.powerState
    : null

/** The instance as it is in the database, which the move has not changed yet. */
async function startAgain(deps: ComputeDeps, { record }: MoveState): Promise<void> {
  const { services, driver, hostName } = deps
  const wired = await services.ask(hostName, 'network.wire', { portIds: record.ports.map(({ id }) => id) })
  const image = await imageOf(services, record.id, record.imageId)
  await driver.start(await withVolumes(deps, machineSpec({ record }, image, wired)))
}
