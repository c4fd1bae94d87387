import {
  faultOf,
  holdSourceAgain,
  type InstanceChanges,
  instanceChanged,
  type MigrationRecord,
  type MutationTx,
  machineSelect,
  migrationSelect,
  mutate,
  NephosError,
  returnMoveQuota,
  setMigrationStatus,
  systemCtx,
  writeInstanceState,
} from '@nephos/core'
import type { Failure, SagaOperation } from '@nephos/jobs'
import type { ComputeDeps } from '../deps.ts'
import { lead } from '../migrations/lead.ts'
import { writeMigration } from '../migrations/write.ts'
import { type InstanceState, loadInstance } from './load.ts'

/** What a saga that moves an instance is about. `migration` is replaced by every status that the saga writes. */
export interface MoveState extends InstanceState {
  migration: MigrationRecord
  /** Name of the destination: the scheduler has found it. */
  destHost: string
}

/** Reads instance and move of an operation; null when there is no open move of it from this host. */
export async function loadMove(
  { services, hostName }: ComputeDeps,
  operation: SagaOperation,
  side: 'sourceHost' | 'destHost' = 'sourceHost',
): Promise<MoveState | null> {
  const [state, migration] = await Promise.all([
    loadInstance(services, operation),
    services.db.migration.findFirst({
      where: { operationId: operation.id, endedAt: null },
      select: migrationSelect,
    }),
  ])
  if (!state || !migration?.destHost || migration[side] !== hostName) return null
  return { ...state, migration, destHost: migration.destHost }
}

/** The order in which a move goes on; a step whose part is over is not done again. */
const order = [
  'accepted',
  'pre-migrating',
  'migrating',
  'running',
  'post-migrating',
  'completing',
  'finished',
  'completed',
]

/** Whether the move has gone beyond a status. */
export const isBeyond = ({ migration }: MoveState, status: string): boolean =>
  order.indexOf(migration.status) > order.indexOf(status)

/**
 * Brings the move to its next status, unless it is there or beyond.
 * @throws NephosError cancelled or conflict when somebody decided otherwise
 */
export async function advance(
  deps: ComputeDeps,
  state: MoveState,
  from: readonly string[],
  to: string,
): Promise<void> {
  if (order.indexOf(state.migration.status) >= order.indexOf(to)) return
  const written = await writeMigration(deps, state.migration.id, from, to)
  if (written) {
    state.migration = written
    return
  }
  const now = await deps.services.db.migration.findUnique({ where: { id: state.migration.id } })
  if (now?.status === 'cancelling' || now?.status === 'failing')
    throw new NephosError('cancelled', 'The move was cancelled.')
  throw new NephosError('conflict', `The move is ${now?.status ?? 'gone'} and cannot go on.`)
}

/** Shows another task of the instance. @throws NephosError conflict when others have changed it */
export async function showTask(deps: ComputeDeps, state: MoveState, taskState: string): Promise<void> {
  if (state.record.taskState === taskState) return
  await mutate(ctxOf(deps, state), async (tx) => {
    const written = await writeInstanceState(tx.db, state.record, { taskState })
    if (!written) throw new NephosError('conflict', 'The instance was changed while it was moving.')
    instanceChanged(tx, 'updated', written)
    state.record = written
  })
}

const quickMs = 3_000

/**
 * Takes the destination out of the move. As long as it could not have run the guest it is only told to clean up;
 * where it could, the guest may not go on here before it has answered.
 * @throws NephosError unavailable when it has to answer and does not
 */
export async function dismissDestination(deps: ComputeDeps, state: MoveState): Promise<void> {
  const { migration, destHost } = state
  const { id: migrationId } = migration
  await writeMigration(deps, migrationId, ['accepted', 'pre-migrating', 'migrating', 'running'], 'cancelling')
  await writeMigration(deps, migrationId, ['post-migrating'], 'failing')
  const status = await statusOf(deps, migrationId)
  if (destHost === deps.hostName) {
    if (status !== 'failing') return
    await deps.driver.stop(state.record.id, { timeoutMs: 0 })
    await deps.driver.cold.bringBack(state.record.id, migrationId)
    await writeMigration(deps, migrationId, ['failing'], 'cancelling')
  } else if (status === 'failing') {
    await lead(deps, destHost, 'abort', { migrationId })
    await writeMigration(deps, migrationId, ['failing'], 'cancelling')
  } else if (status === 'cancelling')
    // What it does not hear now its own reconciler finds.
    await lead(deps, destHost, 'abort', { migrationId, patienceMs: quickMs }).catch((error: unknown) =>
      deps.log.warn(
        { err: error, migrationId, destHost },
        'the destination of a move was not told of its end',
      ),
    )
}

/** The status of a move as it is stored now. */
export const statusOf = async ({ services }: ComputeDeps, id: string): Promise<string | null> =>
  (await services.db.migration.findUnique({ where: { id }, select: { status: true } }))?.status ?? null

/**
 * Throws unless the destination cannot run the guest any more.
 * @throws NephosError unavailable
 */
export async function requireDismissed(deps: ComputeDeps, { migration }: MoveState): Promise<void> {
  const status = await statusOf(deps, migration.id)
  if (status === null || status === 'cancelling') return
  throw new NephosError(
    'unavailable',
    'The destination has not said that the instance does not run there; it is not started here.',
  )
}

/** The context of what a saga writes. */
export const ctxOf = ({ services, hostName }: ComputeDeps, { operation }: InstanceState) =>
  systemCtx(services, `compute on ${hostName}`, operation.requestId)

/**
 * Ends a move that was taken back: what was claimed is given back, the instance is what it was, and the fault says why.
 * An instance that is being deleted is left to its delete.
 * @param task task_states that belong to the move
 */
export async function failMove(
  deps: ComputeDeps,
  state: MoveState,
  failure: Failure,
  task: readonly string[],
): Promise<void> {
  const { services, driver } = deps
  const { id } = state.record
  const { powerState } = await driver.status(id)
  const { oldVmState } = state.migration
  await mutate(ctxOf(deps, state), async (tx) => {
    const open = await statusOf(deps, state.migration.id)
    // Nobody knows whether it runs there: its reconciler says so when it is back.
    const unknown = open === 'failing'
    if (!unknown) await endTakenBack(tx, deps, state.migration, failure)
    const record = await tx.db.instance.findUnique({ where: { id }, select: machineSelect })
    if (!record?.taskState || !task.includes(record.taskState)) return
    const expected = oldVmState === 'active' ? 1 : oldVmState === 'paused' ? 3 : 4
    const lost = oldVmState === 'active' && powerState !== expected
    const changes: InstanceChanges = {
      vmState: unknown ? 'error' : lost ? 'stopped' : (oldVmState as 'active'),
      taskState: null,
      powerState,
      ...(failure.code !== 'cancelled' && faultOf(failure)),
    }
    const written = await writeInstanceState(tx.db, record, changes)
    if (!written) throw new NephosError('unavailable', 'The instance is being changed at this moment.')
    instanceChanged(tx, 'updated', written)
  }).finally(() => services.log.debug({ instanceId: id }, 'a move was taken back'))
}

/** Ends the migration, and gives back place and quota that it had claimed. */
export async function endTakenBack(
  tx: MutationTx,
  { services }: ComputeDeps,
  migration: MigrationRecord,
  failure: Failure,
): Promise<void> {
  const from = ['accepted', 'pre-migrating', 'migrating', 'running', 'cancelling', 'failing']
  const status = failure.code === 'cancelled' ? 'cancelled' : 'error'
  const ended = await setMigrationStatus(tx, migration.id, from, status, { errorMessage: failure.message })
  if (!ended) return
  await holdSourceAgain(tx, migration, services.config.serviceDownTime)
  // A destination that could not be told so finds them gone with its next look.
  if (migration.destHost)
    await tx.db.port.updateMany({
      where: { instanceId: migration.instanceId, standbyHost: migration.destHost },
      data: { standbyHost: null, generation: { increment: 1 } },
    })
  if (migration.kind === 'resize') await returnMoveQuota(tx.db, migration, 'old')
}
