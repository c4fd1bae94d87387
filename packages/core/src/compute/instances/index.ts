export type { ActionAccepted } from './act.ts'
export { type InstanceActionRow, listInstanceActions } from './actions.ts'
export { addInstanceSecurityGroup } from './add-security-group.ts'
export { addInstanceTag } from './add-tag.ts'
export { attachInterface, type InterfaceAccepted } from './attach-interface.ts'
export { attachVolume, attachVolumeInput, type InstanceVolumeAccepted } from './attach-volume.ts'
export type { ImageAccepted } from './begin-image.ts'
export { changeInstancePassword } from './change-password.ts'
export { instanceChanged } from './changed.ts'
export { readInstanceConsole } from './console.ts'
export { type CreatedInstances, createInstance } from './create.ts'
export { backUpInstance } from './create-backup.ts'
export { createInstanceImage } from './create-image.ts'
export { createInstanceInput } from './create-input.ts'
export { deleteInstance } from './delete.ts'
export { deleteOnLostHost, deleteOnLostHosts } from './delete-on-lost-host.ts'
export { detachInterface } from './detach-interface.ts'
export { detachVolume } from './detach-volume.ts'
export { dropImage, rotateBackups } from './drop-image.ts'
export { type EditableColumns, editInstance, type InstanceEdit } from './edit-columns.ts'
export { faultOf, writeFault } from './fault.ts'
export { findInstance } from './find.ts'
export { followInstanceConsole, onConsoleGrowth } from './follow-console.ts'
export { forceDeleteInstance } from './force-delete.ts'
export { hasGuestAgent } from './guest-agent.ts'
export { readGuestFacts } from './guest-facts.ts'
export { hostnameOf, instanceNames } from './hostname.ts'
export { listInstances } from './list.ts'
export { listInstanceTags, type TagRow } from './list-tags.ts'
export { type InstanceVolumeRow, listInstanceVolumes } from './list-volumes.ts'
export { lockInstance } from './lock.ts'
export { type MachineRecord, machineSelect } from './machine-record.ts'
export { type InstanceMetrics, instanceMetrics } from './metrics.ts'
export { instanceMetricsSummary } from './metrics-summary.ts'
export { offloadInstance } from './offload.ts'
export { offloadDueInstances } from './offload-due.ts'
export { type OpenedConsole, openInstanceConsole } from './open-console.ts'
export {
  type InstanceOperation,
  type InstanceOperationKind,
  instanceJob,
  instanceOperations,
  isInstanceOperation,
} from './operations.ts'
export { pauseInstance } from './pause.ts'
export { quiesceOf } from './quiesce.ts'
export { rebootInstance } from './reboot.ts'
export { rebuildInstance } from './rebuild.ts'
export { reclaimInstances } from './reclaim.ts'
export { recoverStuckInstances } from './recover-stuck.ts'
export { removeInstance } from './remove.ts'
export { removeInstanceSecurityGroup } from './remove-security-group.ts'
export { removeInstanceTag } from './remove-tag.ts'
export { renameInstance } from './rename.ts'
export { rescueInstance } from './rescue.ts'
export { resetInstanceState } from './reset-state.ts'
export { restoreInstance } from './restore.ts'
export { resumeInstance } from './resume.ts'
export {
  type InstanceAddress,
  type InstanceRecord,
  type InstanceRow,
  instanceRow,
  instanceSelect,
  wireRow,
} from './row.ts'
export { setInstanceMetadata } from './set-metadata.ts'
export { setInstanceTags } from './set-tags.ts'
export { shelveInstance } from './shelve.ts'
export {
  type InstanceDetail,
  type InstanceInterface,
  showInstance,
} from './show.ts'
export { startInstance } from './start.ts'
export { instanceStatuses } from './status-filter.ts'
export { stopInstance } from './stop.ts'
export { suspendInstance } from './suspend.ts'
export { triggerCrashDump } from './trigger-crash-dump.ts'
export { unlockInstance } from './unlock.ts'
export { unpauseInstance } from './unpause.ts'
export { unrescueInstance } from './unrescue.ts'
export { unshelveInstance } from './unshelve.ts'
export { type RestartPolicy, updateInstance } from './update.ts'
export { updateInstanceVolume } from './update-volume.ts'
export { type InstanceChanges, writeInstanceState } from './write-state.ts'
