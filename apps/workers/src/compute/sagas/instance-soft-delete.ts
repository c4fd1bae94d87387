import { noJson } from '@nephos/core'
import type { Saga } from '@nephos/jobs'
import { z } from 'zod'
import type { ComputeDeps } from '../deps.ts'
import { withVolumes } from '../volumes/connect.ts'
import { imageOf } from './image-of.ts'
import { type InstanceState, machineSpec } from './load.ts'
import { settle, settleFailed } from './settle.ts'
import { unwirePorts, wiredOf, wirePorts } from './steps.ts'
import { waitTurn } from './wait-turn.ts'
import { whileTask } from './while-task.ts'

const none = async () => undefined

/** Puts an instance into the bin: off, with its disk, its addresses and its place. */
export function instanceSoftDelete(deps: ComputeDeps): Saga<InstanceState> {
  const { services, driver } = deps
  return {
    name: 'instance-soft-delete',
    cancellable: false,
    steps: [
      waitTurn(services),
      {
        name: 'stop-machine',
        run: async ({ state, progress }) => {
          progress('Waiting for the guest to power off')
          await driver.stop(state.record.id, { timeoutMs: services.config.shutdownTimeout * 1000 })
          return undefined
        },
      },
      { name: 'unwire-ports', run: ({ state }) => unwirePorts(deps)(state).then(none) },
      {
        name: 'remove-rescue-disk',
        run: ({ state }) => driver.rescueDisks.remove(state.record.id).then(none),
      },
    ],
    load: whileTask(deps, 'soft-deleting'),
    succeed: (state) =>
      settle(deps, state, {
        vmState: 'soft_deleted',
        taskState: null,
        powerState: 4,
        guestReadyAt: null,
        rescue: noJson,
        deletedAt: new Date(),
      }),
    fail: (state, failure) => settleFailed(deps, state, failure, ['soft-deleting']),
  }
}

const remembered = z.object({ before: z.string() })

/** Takes an instance out of the bin: off again if it was off when it was deleted, running otherwise. */
export function instanceRestore(deps: ComputeDeps): Saga<InstanceState> {
  const { services, driver } = deps
  return {
    name: 'instance-restore',
    steps: [
      {
        name: 'look-back',
        run: async ({ state }) => {
          const deletion = await services.db.operation.findFirst({
            where: {
              resourceType: 'instance',
              resourceId: state.record.id,
              kind: 'instance-soft-delete',
              status: 'succeeded',
            },
            orderBy: { createdAt: 'desc' },
            select: { input: true },
          })
          return { starts: remembered.safeParse(deletion?.input).data?.before !== 'stopped' }
        },
      },
      {
        name: 'wire-ports',
        run: (step) => (startsIn(step.outputs) ? wirePorts(deps)(step) : none()),
        undo: ({ state }) => unwirePorts(deps)(state),
      },
      {
        name: 'start-machine',
        run: async ({ state, outputs }) => {
          if (!startsIn(outputs)) return undefined
          const image = await imageOf(services, state.record.id, state.record.imageId)
          const spec = machineSpec(state, image, wiredOf(outputs))
          const { powerState } = await driver.start(await withVolumes(deps, spec))
          return { powerState }
        },
        undo: ({ state }) => driver.stop(state.record.id, { timeoutMs: 0 }),
      },
    ],
    load: whileTask(deps, 'restoring'),
    succeed: (state, outputs) =>
      settle(deps, state, {
        vmState: startsIn(outputs) ? 'active' : 'stopped',
        taskState: null,
        powerState: startsIn(outputs) ? 1 : 4,
        deletedAt: null,
      }),
    fail: (state, failure) => settleFailed(deps, state, failure, ['restoring']),
  }
}

const startsIn = (outputs: Record<string, unknown>): boolean =>
  (outputs['look-back'] as { starts?: boolean } | undefined)?.starts === true
