export type { ActionAccepted } from './act.ts'
export type { ImageAccepted } from './begin-image.ts'
export { instanceChanged } from './changed.ts'
export { readInstanceConsole } from './console.ts'
export { type CreatedInstances, createInstance } from './create.ts'
export { backUpInstance } from './create-backup.ts'
export { createInstanceImage } from './create-image.ts'
export { createInstanceInput } from './create-input.ts'
export { deleteInstance } from './delete.ts'
export { faultOf, writeFault } from './fault.ts'
export { findInstance } from './find.ts'
export { followInstanceConsole, onConsoleGrowth } from './follow-console.ts'
export { hostnameOf, instanceNames } from './hostname.ts'
export { listInstances } from './list.ts'
export { type InstanceMetrics, instanceMetrics } from './metrics.ts'
export { instanceMetricsSummary } from './metrics-summary.ts'
export { offloadInstance } from './offload.ts'
export { type OpenedConsole, openInstanceConsole } from './open-console.ts'
export {
  type InstanceOperation,
  type InstanceOperationKind,
  instanceJob,
  instanceOperations,
  isInstanceOperation,
} from './operations.ts'
export { rebootInstance } from './reboot.ts'
export { rebuildInstance } from './rebuild.ts'
export { recoverStuckInstances } from './recover-stuck.ts'
export { removeInstance } from './remove.ts'
export { renameInstance } from './rename.ts'
export {
  type InstanceAddress,
  type InstanceRecord,
  type InstanceRow,
  instanceRow,
  instanceSelect,
  wireRow,
} from './row.ts'
export { shelveInstance } from './shelve.ts'
export {
  type InstanceDetail,
  type InstanceInterface,
  type ScheduleAttemptRow,
  showInstance,
} from './show.ts'
export { startInstance } from './start.ts'
export { instanceStatuses } from './status-filter.ts'
export { stopInstance } from './stop.ts'
export { unshelveInstance } from './unshelve.ts'
export { type InstanceChanges, writeInstanceState } from './write-state.ts'
