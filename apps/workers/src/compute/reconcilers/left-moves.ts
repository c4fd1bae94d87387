import {
  instanceChanged,
  instanceSelect,
  type MachineRecord,
  type MigrationRecord,
  machineSelect,
  migrationSelect,
  mutate,
  systemCtx,
  writeInstanceState,
} from '@nephos/core'
import type { ComputeDeps } from '../deps.ts'
import { copyNoMore } from '../migrations/mirror.ts'
import { settleArrived } from '../migrations/settle-arrived.ts'
import { writeMigration } from '../migrations/write.ts'
import { endTakenBack } from '../sagas/move.ts'
import { disconnectVolumes } from '../volumes/connect.ts'

/** Statuses in which a move waits for its operation. The others wait for a person, or for another operation. */
const ledStatuses = [
  'accepted',
  'pre-migrating',
  'migrating',
  'running',
  'post-migrating',
  'completing',
  'cancelling',
  'failing',
]
const unknownStatuses = ledStatuses.filter((status) => status !== 'completing')

/**
 * Closes moves from or to this host whose operation has ended without them: the other host did not answer then, or
 * nobody was left who could. What this host has of a move that was taken back goes; a guest that has arrived goes on.
 * @returns ids of the moves that were closed
 */
export async function closeLeftMoves(deps: ComputeDeps): Promise<string[]> {
  const { services, hostName, log } = deps
  const open = await services.db.migration.findMany({
    where: {
      endedAt: null,
      status: { in: ledStatuses },
      OR: [{ sourceHost: hostName }, { destHost: hostName }],
    },
    select: migrationSelect,
    orderBy: { createdAt: 'asc' },
    take: 200,
  })
  const led = await services.db.operation.findMany({
    where: {
      id: { in: open.map(({ operationId }) => operationId) },
      status: { in: ['queued', 'running', 'undoing'] },
    },
    select: { id: true },
  })
  const busy = new Set(led.map(({ id }) => id))
  const closed: string[] = []
  for (const migration of open.filter(({ operationId }) => !busy.has(operationId)))
    try {
      if (await close(deps, migration)) closed.push(migration.id)
    } catch (error) {
      log.warn({ err: error, migrationId: migration.id }, 'a move that was left open could not be closed')
    }
  await letArrivedGoOn(deps)
  return closed
}

async function close(deps: ComputeDeps, migration: MigrationRecord): Promise<boolean> {
  const { services, driver, hostName } = deps
  const record = await services.db.instance.findUnique({
    where: { id: migration.instanceId },
    select: machineSelect,
  })
  if (!record) return false
  if (migration.status === 'completing') {
    if (migration.destHost !== hostName) return false
    const { powerState } = (await goOn(deps, record)) ?? (await driver.status(record.id))
    await settleArrived(deps, migration.id, { powerState, downtimeMs: null })
    return true
  }
  const decided =
    migration.status === 'failing' ||
    (await writeMigration(deps, migration.id, unknownStatuses, 'cancelling')) !== null
  if (!decided || !(await cleanUp(deps, migration, record))) return false
  await end(deps, migration)
  return true
}

/** Removes what this host has of a move that was taken back. @returns false when that is the other host's to do */
async function cleanUp(
  deps: ComputeDeps,
  migration: MigrationRecord,
  record: MachineRecord,
): Promise<boolean> {
  const { services, driver, hostName } = deps
  const { id: migrationId, sourceHost, destHost, kind, status } = migration
  const belongsHere = record.host?.name === hostName
  if (kind === 'evacuation') return belongsHere || destHost === hostName
  if (sourceHost === hostName && destHost === hostName) {
    await driver.stop(record.id, { timeoutMs: 0 })
    await driver.cold.bringBack(record.id, migrationId)
    return true
  }
  if (destHost === hostName && !belongsHere) {
    if (kind !== 'live-migration') {
      // Disks that both hosts see become what they were; of others nothing is kept here.
      await driver.stop(record.id, { timeoutMs: 0 })
      await driver.cold.bringBack(record.id, migrationId)
    }
    await driver.destroy(record.id)
    if (record.ports.length > 0)
      await services.ask(hostName, 'network.unwire', {
        ports: record.ports.map(({ id, networkId }) => ({ portId: id, networkId })),
      })
    await disconnectVolumes(deps, record.id)
    return true
  }
  // Only the destination knows whether it runs there.
  if (!belongsHere || status === 'failing') return false
  if (kind === 'live-migration') {
    await driver.live.cancel(record.id, migrationId, {
      resume: migration.oldVmState === 'active',
      destinationGone: true,
    })
    await copyNoMore(deps, record)
  } else if (destHost !== null) return false
  return true
}

const end = (deps: ComputeDeps, migration: MigrationRecord): Promise<void> =>
  mutate(systemCtx(deps.services, `compute on ${deps.hostName}`), async (tx) => {
    const message = migration.errorMessage ?? 'The move was left open when its work ended; it was taken back.'
    await endTakenBack(tx, deps, migration, { code: 'unavailable', message })
    if (migration.status !== 'failing') return
    const record = await tx.db.instance.findUnique({
      where: { id: migration.instanceId },
      select: instanceSelect,
    })
    // It was in error only because nobody knew where it runs. Now it is known to run nowhere.
    if (record?.vmState !== 'error' || record.taskState !== null) return
    const written = await writeInstanceState(tx.db, record, { vmState: 'stopped', powerState: 4 })
    if (written) instanceChanged(tx, 'updated', written)
  })

/** Lets a guest go on that has arrived and stands. @returns null when none has arrived here */
async function goOn({ services, driver, hostName }: ComputeDeps, record: MachineRecord) {
  if (!(await driver.live.arrived(record.id))) return null
  const status = await driver.live.finish(record.id, { resume: record.vmState === 'active' })
  const portIds = record.ports.map(({ id }) => id)
  if (portIds.length > 0) await services.ask(hostName, 'network.activate', { portIds })
  return status
}

/** An active instance of this host whose guest has arrived but was not let go on: nobody was told in time. */
async function letArrivedGoOn(deps: ComputeDeps): Promise<void> {
  const { services, driver, hostName, log } = deps
  const standing = (await driver.list()).filter(({ powerState }) => powerState === 3)
  if (standing.length === 0) return
  const records = await services.db.instance.findMany({
    where: {
      id: { in: standing.map(({ instanceId }) => instanceId) },
      host: { name: hostName },
      vmState: 'active',
      taskState: null,
      migrations: { none: { endedAt: null } },
    },
    select: machineSelect,
  })
  for (const record of records) {
    const status = await goOn(deps, record)
    if (status) log.warn({ instanceId: record.id }, 'a guest that had arrived was let go on')
  }
}
