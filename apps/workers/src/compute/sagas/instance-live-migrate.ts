import { NephosError } from '@nephos/core'
import { RetryLater, type Saga } from '@nephos/jobs'
import { z } from 'zod'
import type { ComputeDeps } from '../deps.ts'
import { lead } from '../migrations/lead.ts'
import { liveProgress } from '../migrations/live-progress.ts'
import { copyNoMore, followEnd, untilOthersKnow } from '../migrations/mirror.ts'
import type { Json } from '../migrations/parts.ts'
import { settleArrived } from '../migrations/settle-arrived.ts'
import { seesDisks } from '../migrations/shared-disks.ts'
import { dismissLive, mayGoOnHere } from '../migrations/take-back.ts'
import { liveCargo, liveDoor } from '../moves.ts'
import { disconnectVolumes } from '../volumes/connect.ts'
import { advance, failMove, isBeyond, loadMove, type MoveState, statusOf } from './move.ts'
import { unwirePorts } from './steps.ts'

const prepared = z.object({ cargo: liveCargo, door: liveDoor })
const copied = z.object({ stoodSince: z.number() })
const arrived = z.object({ powerState: z.number(), sinceMs: z.number().optional() })
const mib = 1024 ** 2

/**
 * Moves an instance whose guest runs. It runs on the host that the guest leaves; the destination does its parts when it
 * is asked. On which of the two the guest goes on is decided by the status of the migration, by compare-and-set: as
 * long as it is not `completing` it can be taken back, and from then on it cannot.
 */
export function instanceLiveMigrate(deps: ComputeDeps): Saga<MoveState> {
  const { services, driver, hostName } = deps
  const takeBack = async (state: MoveState): Promise<void> => {
    if (!(await mayGoOnHere(deps, state))) return
    const { record, migration } = state
    await driver.live.cancel(record.id, migration.id, {
      resume: migration.oldVmState === 'active',
      destinationGone: true,
    })
    await copyNoMore(deps, record)
  }
  return {
    name: 'instance-live-migrate',
    firstPosition: 1,
    steps: [
      {
        name: 'prepare-destination',
        run: async ({ state, signal, progress }) => {
          if (isBeyond(state, 'running')) return null
          const sharedDisks = await seesDisks(deps, state, signal)
          if (sharedDisks) progress('Both hosts see the disks: only the memory is copied')
          const cargo = await driver.live.cargo(state.record.id, { sharedDisks })
          const door = await lead(deps, state.destHost, 'prepare', {
            migrationId: state.migration.id,
            input: cargo,
            signal,
            onProgress: (message) => message && progress(message),
          })
          return prepared.parse({ cargo, door })
        },
        undo: ({ state }) => dismissLive(deps, state),
      },
      {
        name: 'copy-guest',
        run: async ({ state, outputs, signal, progress }) => {
          if (isBeyond(state, 'running')) return null
          await advance(deps, state, ['pre-migrating'], 'running')
          const { cargo, door } = prepared.parse(outputs['prepare-destination'])
          const show = liveProgress(deps, state.migration)
          const stoodSince = await driver.live.copy(state.record.id, {
            migrationId: state.migration.id,
            cargo,
            door,
            signal,
            bandwidth: services.config.liveMigrationBandwidth,
            onEnd: (end) => followEnd(deps, state, end),
            onProgress: async (how) => {
              const share = how.totalBytes > 0 ? how.doneBytes / how.totalBytes : 0
              progress(
                `Copying the ${how.phase} (${Math.floor(how.doneBytes / mib)} of ${Math.ceil(how.totalBytes / mib)} MiB)`,
                20 + Math.floor(60 * Math.min(1, share)),
              )
              return show(how)
            },
          })
          return { stoodSince }
        },
        undo: ({ state }) => takeBack(state),
      },
      {
        name: 'switch-over',
        run: async ({ state, progress }) => {
          progress('Handing the guest over')
          await advance(deps, state, ['running'], 'post-migrating')
          if (isBeyond(state, 'post-migrating')) return null
          return driver.live.switchOver(state.record.id, state.migration.id)
        },
        undo: ({ state }) => takeBack(state),
      },
      {
        name: 'arrive',
        run: async ({ state, outputs }) => {
          const answer = arrived.parse(await letArrive(deps, state))
          const { stoodSince } = copied.safeParse(outputs['copy-guest']).data ?? {}
          const stood = stoodSince === undefined ? null : Date.now() - stoodSince - (answer.sinceMs ?? 0)
          const paused = state.migration.oldVmState !== 'active'
          return {
            powerState: answer.powerState,
            downtimeMs: stood === null || paused ? null : Math.max(0, stood),
          }
        },
        undo: ({ state }) => takeBack(state),
      },
      {
        name: 'leave-host',
        run: async ({ state, progress }) => {
          progress('Waiting until all hosts send to where the guest is now')
          await untilOthersKnow(deps, state)
          // A tap without a machine would swallow what neighbours send; without a tap it finds its way.
          await unwirePorts(deps)(state)
          await driver.destroy(state.record.id)
          await disconnectVolumes(deps, state.record.id)
          return undefined
        },
      },
    ],
    load: async (operation) => {
      const state = await loadMove(deps, operation)
      return state?.record.host?.name === hostName ? state : null
    },
    succeed: (state, outputs) => settleArrived(deps, state.migration.id, landed.parse(outputs.arrive)),
    fail: async (state, failure) => {
      // The guest goes on there: nothing of what failed afterwards changes that.
      if ((await statusOf(deps, state.migration.id)) === 'completing') {
        const { id: migrationId } = state.migration
        const answer = await lead(deps, state.destHost, 'arrive', { migrationId, patienceMs }).catch(
          () => null,
        )
        const powerState = arrived.safeParse(answer).data?.powerState ?? null
        return settleArrived(deps, migrationId, { powerState, downtimeMs: null })
      }
      return failMove(deps, state, failure, ['migrating'])
    },
  }
}

/**
 * Has the destination let the guest go on. Where it does not answer, the guest is taken back at once; where it has
 * begun, there is only this way.
 * @throws NephosError; RetryLater
 */
async function letArrive(deps: ComputeDeps, state: MoveState): Promise<Json> {
  const { destHost, migration } = state
  try {
    return await lead(deps, destHost, 'arrive', { migrationId: migration.id, patienceMs })
  } catch (error) {
    if ((await statusOf(deps, migration.id)) === 'completing')
      throw new RetryLater(`${destHost} has the guest and does not say that it goes on`, againMs)
    if (!(error instanceof NephosError) || error.code !== 'unavailable') throw error
    if (!(await mayGoOnHere(deps, state)))
      throw new RetryLater(`${destHost} has the guest and does not answer`, againMs)
    throw new NephosError(
      'driver_failed',
      `The host ${destHost} does not answer; the guest stays where it was.`,
      {
        cause: error,
      },
    )
  }
}

const againMs = 1_000
/** A destination that does not answer when it has the guest is given up after this, in ms: the guest stands still. */
const patienceMs = 10_000
const landed = z.object({ powerState: z.number(), downtimeMs: z.number().nullable() })
