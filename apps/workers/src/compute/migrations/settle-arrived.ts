import {
  instanceChanged,
  instanceJob,
  instanceSelect,
  isInstanceOperation,
  type MutationTx,
  migrationSelect,
  mutate,
  NephosError,
  releaseAllocation,
  setMigrationStatus,
  systemCtx,
  writeInstanceState,
} from '@nephos/core'
import type { ComputeDeps } from '../deps.ts'

/** What is known of a guest that has come to its destination; null for what is not. */
export interface Arrival {
  powerState: number | null
  downtimeMs: number | null
}

/**
 * Writes that a guest runs on the destination of its live migration: the instance belongs there, and what it held on
 * the host that it left is given back. Does nothing when that was written before.
 * @throws NephosError unavailable when the instance is being changed at this moment
 */
export const settleArrived = (
  { services, hostName }: ComputeDeps,
  migrationId: string,
  { powerState, downtimeMs }: Arrival,
): Promise<void> =>
  mutate(systemCtx(services, `compute on ${hostName}`), async (tx) => {
    const before = await tx.db.migration.findUnique({ where: { id: migrationId }, select: migrationSelect })
    const [record, host] = await Promise.all([
      tx.db.instance.findUnique({ where: { id: before?.instanceId ?? '' }, select: instanceSelect }),
      tx.db.host.findUnique({
        where: { name: before?.destHost ?? '' },
        select: { id: true, name: true, zone: true },
      }),
    ])
    if (!before || !record || !host) return
    const completed = await setMigrationStatus(tx, migrationId, ['completing'], 'completed', {
      downtimeMs,
      doneBytes: before.totalBytes,
    })
    if (!completed) return
    await releaseAllocation(tx, migrationId, services.config.serviceDownTime)
    const moving = record.taskState === 'migrating'
    const written = await writeInstanceState(tx.db, record, {
      hostId: host.id,
      zone: host.zone,
      ...(moving && { taskState: null }),
      powerState: powerState ?? (before.oldVmState === 'active' ? 1 : 3),
    })
    if (!written) throw new NephosError('unavailable', 'The instance is being changed at this moment.')
    instanceChanged(tx, 'updated', { ...written, host: { name: host.name } })
    // Where the destination could not say so itself, its network finds it here.
    await tx.db.port.updateMany({
      where: { id: { in: record.ports.map(({ id }) => id) }, standbyHost: host.name },
      data: {
        hostName: host.name,
        standbyHost: null,
        status: 'ACTIVE',
        vifType: 'tap',
        generation: { increment: 1 },
      },
    })
    if (!moving) await sendAfter(tx, record.id, before.operationId, host.name)
  })

/** What was asked for meanwhile (a delete) waits at the host that the instance has left. */
async function sendAfter(tx: MutationTx, instanceId: string, moveId: string, host: string): Promise<void> {
  const waiting = await tx.db.operation.findMany({
    where: {
      resourceType: 'instance',
      resourceId: instanceId,
      id: { not: moveId },
      status: { in: ['queued', 'running'] },
    },
    select: { id: true, kind: true },
  })
  for (const { id: operationId, kind } of waiting) {
    const job = isInstanceOperation(kind) ? instanceJob(kind, host) : null
    if (job) tx.job(job.name, { operationId, instanceId }, { host: job.host })
  }
}
