import {
  faultOf,
  type InstanceChanges,
  type InstanceRecord,
  instanceChanged,
  instanceSelect,
  mutate,
  systemCtx,
  writeInstanceState,
} from '@nephos/core'
import type { ComputeDeps } from '../deps.ts'

/**
 * Compares what the database says of this host's idle instances with what the hypervisor sees, and brings them
 * together as Nova does: an active instance whose machine is off is stopped; a machine that runs although its instance
 * is stopped is powered off.
 */
export async function reconcilePowerStates(deps: ComputeDeps): Promise<void> {
  const { services, driver, hostName, log } = deps
  const records = await services.db.instance.findMany({
    where: { host: { name: hostName }, taskState: null, vmState: { in: ['active', 'stopped', 'error'] } },
    select: instanceSelect,
  })
  const seen = new Map((await driver.list()).map((machine) => [machine.instanceId, machine.powerState]))
  for (const record of records) {
    const powerState = seen.get(record.id) ?? 4
    if (record.vmState === 'stopped' && powerState === 1) {
      await powerOff(deps, record)
      continue
    }
    const changes = drift(record, powerState)
    if (changes && (await write(deps, record, changes)))
      log.warn({ instanceId: record.id, was: record.powerState, powerState }, 'a power state was corrected')
  }
}

function drift(record: InstanceRecord, powerState: 1 | 3 | 4 | 6): InstanceChanges | null {
  if (record.vmState === 'active' && powerState === 4)
    return { vmState: 'stopped', powerState, guestReadyAt: null }
  if (record.vmState === 'active' && powerState === 6)
    return {
      vmState: 'stopped',
      powerState,
      guestReadyAt: null,
      ...faultOf({
        code: 'driver_failed',
        message: 'The machine crashed. Start it again, or reboot it hard.',
      }),
    }
  // A stopped instance keeps showing that it crashed after its process is gone.
  if (record.powerState === powerState || (record.vmState === 'stopped' && record.powerState === 6))
    return null
  return { powerState }
}

const write = ({ services, hostName }: ComputeDeps, record: InstanceRecord, changes: InstanceChanges) =>
  mutate(systemCtx(services, `compute on ${hostName}`), async (tx) => {
    const written = await writeInstanceState(tx.db, record, changes)
    if (written) instanceChanged(tx, 'updated', written)
    return written
  })

/** The task keeps a start that is asked for at this moment from being undone by this. */
async function powerOff(deps: ComputeDeps, record: InstanceRecord): Promise<void> {
  const held = await write(deps, record, { taskState: 'powering-off' })
  if (!held) return
  deps.log.warn(
    { instanceId: record.id },
    'a machine ran although its instance is stopped; it is powered off',
  )
  try {
    await deps.driver.stop(record.id, { timeoutMs: 0 })
  } finally {
    await write(deps, held, { taskState: null, powerState: 4 })
  }
}
