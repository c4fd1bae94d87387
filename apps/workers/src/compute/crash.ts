import { faultOf, type InstanceChanges, type InstanceRecord, type MutationTx } from '@nephos/core'

/** The states of an instance whose machine crashed. */
export const crashedChanges = (): InstanceChanges => ({
  vmState: 'stopped',
  powerState: 6,
  guestReadyAt: null,
  ...faultOf({ code: 'driver_failed', message: 'The machine crashed. Start it again, or reboot it hard.' }),
})

/** Notes the crash among what happened to the instance. */
export const noteCrash = (tx: Pick<MutationTx, 'audit'>, record: InstanceRecord, hostName: string): void =>
  tx.audit({
    verb: 'compute.instances.crashed',
    resourceType: 'instance',
    resourceId: record.id,
    resourceName: record.name,
    projectId: record.projectId,
    detail: { host: hostName },
  })
