import { faultOf, instanceChanged, instanceSelect, mutate, systemCtx, writeInstanceState } from '@nephos/core'
import type { ComputeDeps } from './deps.ts'

const verb = 'compute.instances.autoRestart'
const windowMs = 3_600_000
/** More crashes than this within the window, and the guest is left alone. */
const mostRestarts = 5
const firstPauseMs = 10_000
const longestPauseMs = 300_000

/** How long to wait before the next restart after this many within the window, in ms. The first comes at once. */
export const restartPauseMs = (restarts: number): number =>
  restarts === 0 ? 0 : Math.min(firstPauseMs * 2 ** (restarts - 1), longestPauseMs)

/**
 * Starts an instance whose guest has crashed, if its restart policy says so and its pause is over. One that crashes
 * again and again is left off, and its fault says so.
 * @returns whether it is being started
 */
export async function restartAfterCrash(deps: ComputeDeps, id: string, now = new Date()): Promise<boolean> {
  const { services, hostName, log } = deps
  return mutate(systemCtx(services, `compute on ${hostName}`), async (tx) => {
    const record = await tx.db.instance.findFirst({
      where: {
        id,
        vmState: 'stopped',
        powerState: 6,
        taskState: null,
        restartPolicy: 'on-failure',
        host: { name: hostName },
      },
      select: instanceSelect,
    })
    if (!record) return false
    const restarts = await tx.db.audit.findMany({
      where: {
        resourceType: 'instance',
        resourceId: id,
        verb,
        at: { gt: new Date(now.getTime() - windowMs) },
      },
      select: { at: true },
      orderBy: { at: 'desc' },
    })
    if (restarts.length >= mostRestarts) {
      const message = `The machine crashed again after ${mostRestarts} restarts within an hour, so it is left off.`
      if (record.faultMessage === message) return false
      const given = await writeInstanceState(tx.db, record, faultOf({ code: 'driver_failed', message }))
      if (given) instanceChanged(tx, 'updated', given)
      return false
    }
    const last = restarts[0]?.at.getTime() ?? 0
    if (now.getTime() < last + restartPauseMs(restarts.length)) return false
    const written = await writeInstanceState(tx.db, record, { taskState: 'powering-on' })
    if (!written) return false
    const operationId = tx.operation({
      kind: 'instance-start',
      projectId: record.projectId,
      resourceType: 'instance',
      resourceId: id,
      resourceName: record.name,
      input: { action: 'start', automatic: true },
    })
    tx.audit({
      verb,
      resourceType: 'instance',
      resourceId: id,
      resourceName: record.name,
      projectId: record.projectId,
      detail: { restart: restarts.length + 1, of: mostRestarts },
    })
    tx.job('instance.start', { operationId, instanceId: id }, { host: hostName })
    instanceChanged(tx, 'updated', written)
    log.warn({ instanceId: id, restart: restarts.length + 1 }, 'a crashed instance is started again')
    return true
  })
}

/** Starts what crashed on this host and whose pause is over. */
export async function restartCrashed(deps: ComputeDeps): Promise<void> {
  const crashed = await deps.services.db.instance.findMany({
    where: {
      host: { name: deps.hostName },
      vmState: 'stopped',
      powerState: 6,
      taskState: null,
      restartPolicy: 'on-failure',
    },
    select: { id: true },
  })
  for (const { id } of crashed) await restartAfterCrash(deps, id)
}
