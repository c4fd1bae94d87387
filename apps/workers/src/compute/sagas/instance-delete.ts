import {
  instanceChanged,
  instanceSelect,
  mutate,
  NephosError,
  removeInstance,
  type Services,
  systemCtx,
  writeFault,
} from '@nephos/core'
import { type Failure, type Saga, WorkElsewhere } from '@nephos/jobs'
import type { ComputeDeps } from '../deps.ts'
import { disconnectVolumes } from '../volumes/connect.ts'
import { type InstanceState, loadInstance } from './load.ts'
import { unwirePorts } from './steps.ts'
import { waitTurn } from './wait-turn.ts'

const none = async () => undefined

/** Removes an instance from its host and then from the database. Each step can only be done, not taken back. */
export function instanceDelete(deps: ComputeDeps): Saga<InstanceState> {
  const { services, driver, hostName } = deps
  return {
    name: 'instance-delete',
    cancellable: false,
    steps: [
      waitTurn(services),
      {
        name: 'stop-machine',
        run: ({ state }) => driver.stop(state.record.id, { timeoutMs: 0 }).then(none),
      },
      { name: 'unwire-ports', run: ({ state }) => unwirePorts(deps)(state).then(none) },
      { name: 'destroy-machine', run: ({ state }) => driver.destroy(state.record.id).then(none) },
      { name: 'disconnect-volumes', run: ({ state }) => disconnectVolumes(deps, state.record.id).then(none) },
    ],
    load: async (operation) => {
      const state = await loadDeleting(services, operation)
      const host = state?.record.host?.name
      // It has moved since: its job is there.
      if (host !== undefined && host !== hostName) throw new WorkElsewhere()
      return state
    },
    succeed: (state) => finishDelete(services, state),
    fail: (state, failure) => failDelete(services, state, failure),
  }
}

/** Removes an instance that never reached a host, or was taken off it: only its rows are left. */
export const instanceDeleteUnplaced = (services: Services): Saga<InstanceState> => ({
  name: 'instance-delete-unplaced',
  cancellable: false,
  steps: [waitTurn(services)],
  load: (operation) => loadDeleting(services, operation),
  succeed: (state) => finishDelete(services, state),
  fail: (state, failure) => failDelete(services, state, failure),
})

async function loadDeleting(services: Services, operation: InstanceState['operation']) {
  const state = await loadInstance(services, operation)
  return state?.record.taskState === 'deleting' ? state : null
}

const finishDelete = (services: Services, { operation, record: { id } }: InstanceState): Promise<void> =>
  mutate(systemCtx(services, 'instance-delete', operation.requestId), async (tx) => {
    const record = await tx.db.instance.findUnique({ where: { id }, select: instanceSelect })
    if (record) await removeInstance(tx, record, services.config.serviceDownTime)
  })

/** What could not be deleted is in ERROR and can be deleted again. */
const failDelete = (
  services: Services,
  { operation, record: { id } }: InstanceState,
  failure: Failure,
): Promise<void> =>
  mutate(systemCtx(services, 'instance-delete', operation.requestId), async (tx) => {
    const record = await tx.db.instance.findUnique({ where: { id }, select: instanceSelect })
    if (record?.taskState !== 'deleting') return
    const written = await writeFault(tx.db, record, failure)
    if (!written) throw new NephosError('unavailable', 'The instance is being changed at this moment.')
    instanceChanged(tx, 'updated', written)
  })
