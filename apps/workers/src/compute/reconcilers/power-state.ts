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
import { restartCrashed } from '../auto-restart.ts'
import { crashedChanges, noteCrash } from '../crash.ts'
import type { ComputeDeps } from '../deps.ts'
import type { MachineStatus } from '../driver.ts'

const looked = ['active', 'stopped', 'error', 'paused', 'suspended', 'rescued', 'soft_deleted'] as const
const mustBeOff: readonly string[] = ['stopped', 'soft_deleted']

/**
 * Compares what the database says of this host's idle instances with what the hypervisor sees, and brings them
 * together as Nova does: an active or paused instance whose machine is off is stopped; a machine that runs although its
 * instance is stopped or in the bin is powered off. A suspended instance whose memory is gone is stopped. What crashed
 * and is to be started again is.
 */
export async function reconcilePowerStates(deps: ComputeDeps): Promise<void> {
  const { services, driver, hostName, log } = deps
  const records = await services.db.instance.findMany({
    where: { host: { name: hostName }, taskState: null, vmState: { in: [...looked] } },
    select: instanceSelect,
  })
  const seen = new Map((await driver.list()).map((machine) => [machine.instanceId, machine.powerState]))
  for (const record of records) {
    const powerState = seen.get(record.id) ?? 4
    if (mustBeOff.includes(record.vmState) && powerState === 1) {
      await powerOff(deps, record)
      continue
    }
    const changes = drift(record, powerState)
    if (changes && (await write(deps, record, changes)))
      log.warn({ instanceId: record.id, was: record.powerState, powerState }, 'a power state was corrected')
  }
  await restartCrashed(deps)
}

function drift(record: InstanceRecord, powerState: MachineStatus['powerState']): InstanceChanges | null {
  const needsMachine = record.vmState === 'active' || record.vmState === 'paused'
  if (needsMachine && powerState === 4) return { vmState: 'stopped', powerState, guestReadyAt: null }
  if (record.vmState === 'suspended' && (powerState === 4 || powerState === 6))
    return {
      vmState: 'stopped',
      powerState: 4,
      guestReadyAt: null,
      ...faultOf({
        code: 'driver_failed',
        message: 'The saved memory of the guest is gone. Start it again.',
      }),
    }
  if (needsMachine && powerState === 6) return crashedChanges()
  // A stopped instance keeps showing that it crashed after its process is gone.
  if (record.powerState === powerState || (record.vmState === 'stopped' && record.powerState === 6))
    return null
  return { powerState }
}

const write = ({ services, hostName }: ComputeDeps, record: InstanceRecord, changes: InstanceChanges) =>
  mutate(systemCtx(services, `compute on ${hostName}`), async (tx) => {
    const written = await writeInstanceState(tx.db, record, changes)
    if (!written) return null
    if (changes.vmState === 'stopped' && changes.powerState === 6) noteCrash(tx, written, hostName)
    instanceChanged(tx, 'updated', written)
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
