import { listVolumeAttachments, showVolumeAttachment } from './attachments/list.ts'
import { listVolumeBackends, showVolumeBackend } from './backends/list.ts'
import { updateVolumeBackend } from './backends/update.ts'
import { listVolumeZones } from './backends/zones.ts'
import { createVolumeBackup } from './backups/create.ts'
import { deleteVolumeBackup } from './backups/delete.ts'
import { listVolumeBackups } from './backups/list.ts'
import { resetBackupStatus } from './backups/reset-status.ts'
import { restoreVolumeBackup } from './backups/restore.ts'
import { showVolumeBackup } from './backups/show.ts'
import { updateVolumeBackup } from './backups/update.ts'
import { createVolumeQosSpec, deleteVolumeQosSpec, updateVolumeQosSpec } from './qos-specs/change.ts'
import { listVolumeQosSpecs, showVolumeQosSpec } from './qos-specs/list.ts'
import { createVolumeSnapshot } from './snapshots/create.ts'
import { deleteVolumeSnapshot } from './snapshots/delete.ts'
import { listVolumeSnapshots } from './snapshots/list.ts'
import { resetSnapshotStatus } from './snapshots/reset-status.ts'
import { showVolumeSnapshot } from './snapshots/show.ts'
import { updateVolumeSnapshot } from './snapshots/update.ts'
import { acceptVolumeTransfer } from './transfers/accept.ts'
import { createVolumeTransfer } from './transfers/create.ts'
import { deleteVolumeTransfer } from './transfers/delete.ts'
import { listVolumeTransfers, showVolumeTransfer } from './transfers/list.ts'
import { addVolumeTypeAccess, listVolumeTypeAccess, removeVolumeTypeAccess } from './types/access.ts'
import { createVolumeType } from './types/create.ts'
import { deleteVolumeType } from './types/delete.ts'
import { listVolumeTypes, showDefaultVolumeType, showVolumeType } from './types/list.ts'
import { setDefaultVolumeType } from './types/set-default.ts'
import { updateVolumeType } from './types/update.ts'
import { createVolume } from './volumes/create.ts'
import { deleteVolume, forceDeleteVolume } from './volumes/delete.ts'
import { extendVolume } from './volumes/extend.ts'
import { listVolumes } from './volumes/list.ts'
import { migrateVolume } from './volumes/migrate.ts'
import { resetVolumeStatus } from './volumes/reset-status.ts'
import { retypeVolume } from './volumes/retype.ts'
import { revertVolume } from './volumes/revert.ts'
import { setVolumeBootable, setVolumeReadOnly } from './volumes/set-flags.ts'
import { setVolumeImageMetadata, setVolumeMetadata } from './volumes/set-metadata.ts'
import { showVolume } from './volumes/show.ts'
import { summariseVolumes } from './volumes/summary.ts'
import { updateVolume } from './volumes/update.ts'
import { uploadVolumeToImage } from './volumes/upload-to-image.ts'

export {
  beginDetach,
  completeAttachment,
  dropAttachment,
  noteConnected,
  noteDisconnected,
  rollDetach,
  type WhichAttachment,
} from './attachments/change.ts'
export { attachmentsOf, releaseVolumesOf, volumeWorkerOf } from './attachments/of-instance.ts'
export { reserveVolume, type VolumeReservation } from './attachments/reserve.ts'
export { byAttachments } from './attachments/settle-status.ts'
export { type BackendReport, reportBackend, signOffBackends } from './backends/report.ts'
export type { VolumeBackendRow } from './backends/row.ts'
export type { VolumeZoneRow } from './backends/zones.ts'
export type { BackupAccepted } from './backups/create.ts'
export { finishBackupDelete } from './backups/finish-delete.ts'
export { backupManifestKey, backupObjectKey, backupOfKey } from './backups/objects.ts'
export { type BackupOrigin, readOrigin } from './backups/origin.ts'
export { releaseBackupSource } from './backups/release-source.ts'
export { type BackupRecord, readBackup, type VolumeBackupRow } from './backups/row.ts'
export type { VolumeBackupDetail } from './backups/show.ts'
export { type BackupChanges, changeBackup } from './backups/write.ts'
export type { VolumeConnection, VolumeConnector, VolumeLimits, VolumeRoute } from './connection.ts'
export { jobOfVolume } from './job-of.ts'
export { isVolumeOperation, type VolumeOperationKind, volumeJob, volumeOperations } from './operations.ts'
export { releaseBackend } from './placement/claim.ts'
export { failUnplacedVolume, scheduleVolume, type VolumeScheduleRequest } from './placement/schedule.ts'
export type { VolumeQosSpecRow } from './qos-specs/row.ts'
export { removeOrphanBackupObjects } from './reconcile/orphan-backup-objects.ts'
export { recountBackends } from './reconcile/recount-backends.ts'
export { settleStuckVolumes } from './reconcile/stuck-volumes.ts'
export { finishSnapshotDelete } from './snapshots/finish-delete.ts'
export { readSnapshot, type SnapshotRecord, type VolumeSnapshotRow } from './snapshots/row.ts'
export { changeSnapshot } from './snapshots/write.ts'
export { whyNotBackup, whyNotSnapshot, whyNotVolume } from './states.ts'
export type { VolumeTransferRow } from './transfers/row.ts'
export type { VolumeTypeAccessRow } from './types/access.ts'
export { isTrue, specsOf } from './types/extra-specs.ts'
export { limitsOf } from './types/limits.ts'
export type { VolumeTypeRow } from './types/row.ts'
export { seedVolumeTypes, seedVolumeTypesOfBackends } from './types/seed.ts'
export { beginVolumeDelete } from './volumes/begin-delete.ts'
export { extendQuota } from './volumes/count.ts'
export type { VolumeAccepted } from './volumes/create.ts'
export { type VolumeCreateInput, volumeCreateInput } from './volumes/create-input.ts'
export { finishVolumeDelete } from './volumes/finish-delete.ts'
export { insertVolume, takeVolumeQuota } from './volumes/insert.ts'
export { planVolume, type VolumePlanned } from './volumes/plan.ts'
export {
  readVolume,
  type VolumeAttachmentRow,
  type VolumeRecord,
  type VolumeRow,
  volumeChanged,
  volumeFacts,
} from './volumes/row.ts'
export type { VolumeSummary } from './volumes/summary.ts'
export { moveTypeQuota } from './volumes/type-quota.ts'
export { changeVolume, type VolumeChanges } from './volumes/write.ts'

export {
  acceptVolumeTransfer,
  addVolumeTypeAccess,
  createVolume,
  createVolumeBackup,
  createVolumeQosSpec,
  createVolumeSnapshot,
  createVolumeTransfer,
  createVolumeType,
  deleteVolume,
  deleteVolumeBackup,
  deleteVolumeQosSpec,
  deleteVolumeSnapshot,
  deleteVolumeTransfer,
  deleteVolumeType,
  extendVolume,
  forceDeleteVolume,
  listVolumeAttachments,
  listVolumeBackends,
  listVolumeBackups,
  listVolumeQosSpecs,
  listVolumeSnapshots,
  listVolumes,
  listVolumeTransfers,
  listVolumeTypeAccess,
  listVolumeTypes,
  listVolumeZones,
  migrateVolume,
  removeVolumeTypeAccess,
  resetBackupStatus,
  resetSnapshotStatus,
  resetVolumeStatus,
  restoreVolumeBackup,
  retypeVolume,
  revertVolume,
  setDefaultVolumeType,
  setVolumeBootable,
  setVolumeImageMetadata,
  setVolumeMetadata,
  setVolumeReadOnly,
  showDefaultVolumeType,
  showVolume,
  showVolumeAttachment,
  showVolumeBackend,
  showVolumeBackup,
  showVolumeQosSpec,
  showVolumeSnapshot,
  showVolumeTransfer,
  showVolumeType,
  summariseVolumes,
  updateVolume,
  updateVolumeBackend,
  updateVolumeBackup,
  updateVolumeQosSpec,
  updateVolumeSnapshot,
  updateVolumeType,
  uploadVolumeToImage,
}

/** Verbs of this domain, nested by noun. */
export const volumeVerbs = {
  volumes: {
    list: listVolumes,
    show: showVolume,
    summary: summariseVolumes,
    create: createVolume,
    update: updateVolume,
    delete: deleteVolume,
    forceDelete: forceDeleteVolume,
    extend: extendVolume,
    revert: revertVolume,
    setMetadata: setVolumeMetadata,
    setImageMetadata: setVolumeImageMetadata,
    setBootable: setVolumeBootable,
    setReadOnly: setVolumeReadOnly,
    resetStatus: resetVolumeStatus,
    uploadToImage: uploadVolumeToImage,
    retype: retypeVolume,
    migrate: migrateVolume,
  },
  zones: { list: listVolumeZones },
  snapshots: {
    list: listVolumeSnapshots,
    show: showVolumeSnapshot,
    create: createVolumeSnapshot,
    update: updateVolumeSnapshot,
    delete: deleteVolumeSnapshot,
    resetStatus: resetSnapshotStatus,
  },
  backups: {
    list: listVolumeBackups,
    show: showVolumeBackup,
    create: createVolumeBackup,
    update: updateVolumeBackup,
    delete: deleteVolumeBackup,
    restore: restoreVolumeBackup,
    resetStatus: resetBackupStatus,
  },
  attachments: { list: listVolumeAttachments, show: showVolumeAttachment },
  types: {
    list: listVolumeTypes,
    show: showVolumeType,
    showDefault: showDefaultVolumeType,
    create: createVolumeType,
    update: updateVolumeType,
    delete: deleteVolumeType,
    addAccess: addVolumeTypeAccess,
    removeAccess: removeVolumeTypeAccess,
    listAccess: listVolumeTypeAccess,
    setDefault: setDefaultVolumeType,
  },
  qosSpecs: {
    list: listVolumeQosSpecs,
    show: showVolumeQosSpec,
    create: createVolumeQosSpec,
    update: updateVolumeQosSpec,
    delete: deleteVolumeQosSpec,
  },
  transfers: {
    list: listVolumeTransfers,
    show: showVolumeTransfer,
    create: createVolumeTransfer,
    accept: acceptVolumeTransfer,
    delete: deleteVolumeTransfer,
  },
  backends: { list: listVolumeBackends, show: showVolumeBackend, update: updateVolumeBackend },
} as const
