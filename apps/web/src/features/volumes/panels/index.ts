import dynamic from 'next/dynamic'
import type { ComponentType } from 'react'
import type { PanelName } from '#features/panels/use-panel.ts'

type VolumePanelName = Extract<PanelName, `volume-${string}`>
type Panel = ComponentType<{ of: string; onClose: () => void }>

/** What opens over a page for volumes and all that belongs to them. Each is loaded when it is first opened. */
export const volumePanels: Record<VolumePanelName, Panel> = {
  'volume-edit': dynamic(() =>
    import('#features/volumes/panels/volume-edit-panel.tsx').then((it) => it.VolumeEditPanel),
  ),
  'volume-attach': dynamic(() =>
    import('#features/volumes/panels/volume-attach-panel.tsx').then((it) => it.VolumeAttachPanel),
  ),
  'volume-extend': dynamic(() =>
    import('#features/volumes/panels/volume-extend-panel.tsx').then((it) => it.VolumeExtendPanel),
  ),
  'volume-snapshot': dynamic(() =>
    import('#features/volumes/panels/volume-snapshot-panel.tsx').then((it) => it.VolumeSnapshotPanel),
  ),
  'volume-retype': dynamic(() =>
    import('#features/volumes/panels/volume-retype-panel.tsx').then((it) => it.VolumeRetypePanel),
  ),
  'volume-image': dynamic(() =>
    import('#features/volumes/panels/volume-image-panel.tsx').then((it) => it.VolumeImagePanel),
  ),
  'volume-metadata': dynamic(() =>
    import('#features/volumes/panels/volume-metadata-panel.tsx').then((it) => it.VolumeMetadataPanel),
  ),
  'volume-image-metadata': dynamic(() =>
    import('#features/volumes/panels/volume-metadata-panel.tsx').then((it) => it.VolumeImageMetadataPanel),
  ),
  'volume-migrate': dynamic(() =>
    import('#features/volumes/panels/volume-migrate-panel.tsx').then((it) => it.VolumeMigratePanel),
  ),
  'volume-reset': dynamic(() =>
    import('#features/volumes/panels/volume-reset-panel.tsx').then((it) => it.VolumeResetPanel),
  ),
  'volume-delete': dynamic(() =>
    import('#features/volumes/panels/volume-delete-panel.tsx').then((it) => it.VolumeDeletePanel),
  ),
  'volume-snapshot-edit': dynamic(() =>
    import('#features/volume-snapshots/snapshot-panels.tsx').then((it) => it.SnapshotEditPanel),
  ),
  'volume-snapshot-reset': dynamic(() =>
    import('#features/volume-snapshots/snapshot-panels.tsx').then((it) => it.SnapshotResetPanel),
  ),
  'volume-transfer': dynamic(() =>
    import('#features/volume-transfers/transfer-panels.tsx').then((it) => it.VolumeTransferPanel),
  ),
  'volume-transfer-new': dynamic(() =>
    import('#features/volume-transfers/transfer-panels.tsx').then((it) => it.TransferAcceptPanel),
  ),
  'volume-backup': dynamic(() =>
    import('#features/volume-backups/backup-create-panel.tsx').then((it) => it.BackupCreatePanel),
  ),
  'volume-backup-restore': dynamic(() =>
    import('#features/volume-backups/backup-restore-panel.tsx').then((it) => it.BackupRestorePanel),
  ),
  'volume-backup-edit': dynamic(() =>
    import('#features/volume-backups/backup-panels.tsx').then((it) => it.BackupEditPanel),
  ),
  'volume-backup-reset': dynamic(() =>
    import('#features/volume-backups/backup-panels.tsx').then((it) => it.BackupResetPanel),
  ),
  'volume-type-new': dynamic(() =>
    import('#features/volume-types/type-panels.tsx').then((it) => it.VolumeTypeNewPanel),
  ),
  'volume-type-edit': dynamic(() =>
    import('#features/volume-types/type-panels.tsx').then((it) => it.VolumeTypeEditPanel),
  ),
  'volume-type-spec': dynamic(() =>
    import('#features/volume-types/type-spec-panel.tsx').then((it) => it.VolumeTypeSpecPanel),
  ),
  'volume-type-access': dynamic(() =>
    import('#features/volume-types/type-access-panel.tsx').then((it) => it.VolumeTypeAccessPanel),
  ),
  'volume-qos-new': dynamic(() =>
    import('#features/volume-qos/qos-spec-panels.tsx').then((it) => it.VolumeQosNewPanel),
  ),
  'volume-qos-edit': dynamic(() =>
    import('#features/volume-qos/qos-spec-panels.tsx').then((it) => it.VolumeQosEditPanel),
  ),
  'volume-backend-capacity': dynamic(() =>
    import('#features/volume-backends/backend-panels.tsx').then((it) => it.BackendCapacityPanel),
  ),
  'volume-backend-disable': dynamic(() =>
    import('#features/volume-backends/backend-panels.tsx').then((it) => it.BackendDisablePanel),
  ),
}

/** Those that need no administrator. */
export const volumePanelsOfEverybody = [
  'volume-edit',
  'volume-attach',
  'volume-extend',
  'volume-snapshot',
  'volume-retype',
  'volume-image',
  'volume-metadata',
  'volume-image-metadata',
  'volume-transfer',
  'volume-transfer-new',
  'volume-delete',
  'volume-snapshot-edit',
  'volume-backup',
  'volume-backup-restore',
  'volume-backup-edit',
] as const
