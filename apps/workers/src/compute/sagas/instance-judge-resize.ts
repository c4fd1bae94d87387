import {
  faultOf,
  holdSourceAgain,
  instanceChanged,
  instanceSelect,
  migrationSelect,
  mutate,
  NephosError,
  releaseAllocation,
  returnMoveQuota,
  setMigrationStatus,
  writeInstanceState,
} from '@nephos/core'
import type { Failure, Saga, SagaOperation } from '@nephos/jobs'
import type { ComputeDeps } from '../deps.ts'
import { lead } from '../migrations/lead.ts'
import { disconnectVolumes } from '../volumes/connect.ts'
import { flavorColumns, powerStateOf } from './instance-resize.ts'
import { loadInstance } from './load.ts'
import { ctxOf, type MoveState } from './move.ts'
import { unwirePorts } from './steps.ts'

/** Ends the wait after a move: what the instance left behind is removed. It cannot be taken back. */
export function instanceConfirmResize(deps: ComputeDeps): Saga<MoveState> {
  return {
    name: 'instance-confirm-resize',
    cancellable: false,
    steps: [
      {
        name: 'discard-source',
        run: async ({ state: { migration, record } }) => {
          const answer = await lead(deps, migration.sourceHost, 'discard', { migrationId: migration.id })
          // Of disks that both hosts see, what they were before is kept in the disks themselves.
          await deps.driver.cold.forget(record.id, migration.id)
          return answer
        },
      },
    ],
    load: (operation) => loadJudged(deps, operation, 'confirming'),
    succeed: (state) =>
      mutate(ctxOf(deps, state), async (tx) => {
        const { migration, record } = state
        const confirmed = await setMigrationStatus(tx, migration.id, ['confirming'], 'confirmed')
        if (!confirmed) return
        await releaseAllocation(tx, migration.id, deps.services.config.serviceDownTime)
        await returnMoveQuota(tx.db, migration, 'new')
        const now = await tx.db.instance.findUnique({ where: { id: record.id }, select: instanceSelect })
        if (now?.taskState !== 'resize_confirming') return
        const vmState = now.powerState === 1 || now.powerState === 3 ? 'active' : 'stopped'
        const written = await writeInstanceState(tx.db, now, { vmState, taskState: null })
        if (!written) throw new NephosError('unavailable', 'The instance is being changed at this moment.')
        instanceChanged(tx, 'updated', written)
      }),
    fail: (state, failure) => waitAgain(deps, state, failure, 'confirming', 'resize_confirming'),
  }
}

/**
 * Brings an instance back to the host and the flavor that it had. Once its machine here is gone there is only this way:
 * what fails then is tried again.
 */
export function instanceRevertResize(deps: ComputeDeps): Saga<MoveState> {
  const { driver, hostName } = deps
  const stays = ({ migration }: MoveState) => migration.sourceHost === hostName
  return {
    name: 'instance-revert-resize',
    cancellable: false,
    steps: [
      {
        // The host that it goes back to has to be there before anything is given up here.
        name: 'stop-machine',
        run: async ({ state }) => {
          await driver.stop(state.record.id, { timeoutMs: 0 })
          return undefined
        },
      },
      {
        name: 'leave-host',
        run: async ({ state }) => {
          if (stays(state)) return undefined
          await unwirePorts(deps)(state)
          await disconnectVolumes(deps, state.record.id)
          return undefined
        },
      },
      {
        name: 'restore-source',
        run: ({ state: { migration } }) =>
          lead(deps, migration.sourceHost, 'restore', { migrationId: migration.id }),
      },
    ],
    load: (operation) => loadJudged(deps, operation, 'reverting'),
    succeed: (state, outputs) => finishRevert(deps, state, outputs['restore-source']),
    fail: (state, failure) => waitAgain(deps, state, failure, 'reverting', 'resize_reverting'),
  }
}

/** The move that is judged. Its own operation was another one, so it is found by the instance. */
async function loadJudged(
  { services, hostName }: ComputeDeps,
  operation: SagaOperation,
  status: string,
): Promise<MoveState | null> {
  const [state, migration] = await Promise.all([
    loadInstance(services, operation),
    services.db.migration.findFirst({
      where: { instanceId: operation.resourceId, status, endedAt: null },
      select: migrationSelect,
    }),
  ])
  if (!state || !migration?.destHost || state.record.host?.name !== hostName) return null
  return { ...state, migration, destHost: migration.destHost }
}

async function finishRevert(deps: ComputeDeps, state: MoveState, restored: unknown): Promise<void> {
  const { services, driver, hostName } = deps
  const { migration } = state
  await mutate(ctxOf(deps, state), async (tx) => {
    const [record, host] = await Promise.all([
      tx.db.instance.findUnique({ where: { id: state.record.id }, select: instanceSelect }),
      tx.db.host.findUnique({
        where: { name: migration.sourceHost },
        select: { id: true, name: true, zone: true },
      }),
    ])
    if (!record || !host) throw new NephosError('conflict', 'The instance or its host is gone.')
    const reverted = await setMigrationStatus(tx, migration.id, ['reverting'], 'reverted')
    if (!reverted) return
    await holdSourceAgain(tx, migration, services.config.serviceDownTime)
    await returnMoveQuota(tx.db, migration, 'old')
    const active = migration.oldVmState === 'active'
    const deleting = record.taskState === 'deleting'
    const written = await writeInstanceState(tx.db, record, {
      ...flavorColumns(migration.oldFlavor),
      hostId: host.id,
      zone: host.zone,
      ...(!deleting && {
        vmState: active ? 'active' : 'stopped',
        taskState: null,
        powerState: powerStateOf(restored) ?? (active ? 1 : 4),
      }),
      guestReadyAt: null,
    })
    if (!written) throw new NephosError('unavailable', 'The instance is being changed at this moment.')
    instanceChanged(tx, 'updated', { ...written, host: { name: host.name } })
  })
  // What is left here belongs to nobody; the reconciler of this host removes what this does not.
  if (migration.sourceHost !== hostName)
    await driver
      .destroy(state.record.id)
      .catch((error: unknown) =>
        deps.log.warn({ err: error, instanceId: state.record.id }, 'a reverted machine is still here'),
      )
}

/** What could not be judged now waits as before. */
const waitAgain = (
  deps: ComputeDeps,
  state: MoveState,
  failure: Failure,
  status: string,
  task: string,
): Promise<void> =>
  mutate(ctxOf(deps, state), async (tx) => {
    const { powerState } = await deps.driver.status(state.record.id)
    await setMigrationStatus(tx, state.migration.id, [status], 'finished', {
      errorMessage: failure.message,
      confirmAt: null,
    })
    const record = await tx.db.instance.findUnique({
      where: { id: state.record.id },
      select: instanceSelect,
    })
    if (record?.taskState !== task) return
    const written = await writeInstanceState(tx.db, record, {
      taskState: null,
      powerState,
      ...faultOf(failure),
    })
    if (!written) throw new NephosError('unavailable', 'The instance is being changed at this moment.')
    instanceChanged(tx, 'updated', written)
  })
