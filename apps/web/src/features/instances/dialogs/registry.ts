import type { InstanceAction } from '@nephos/core/states'
import { type ComponentType, lazy } from 'react'
import type { InstanceRow } from '../row.ts'

/** What every dialog or side panel of an action gets. It closes itself by `onClose`. */
export interface ActionDialogProps {
  row: InstanceRow
  onClose: () => void
}

/**
 * The actions that ask something first, each with its dialog or side panel. Loaded when first opened. An action stands
 * here or among the performers (`../performers.ts`), never in both.
 */
export const actionDialogs = {
  attachInterface: lazy(() =>
    import('./attach-interface-dialog.tsx').then((file) => ({ default: file.AttachInterfaceDialog })),
  ),
  attachVolume: lazy(() =>
    import('./attach-volume-dialog.tsx').then((file) => ({ default: file.AttachVolumeDialog })),
  ),
  changePassword: lazy(() =>
    import('./password-dialog.tsx').then((file) => ({ default: file.PasswordDialog })),
  ),
  createBackup: lazy(() => import('./backup-dialog.tsx').then((file) => ({ default: file.BackupDialog }))),
  createImage: lazy(() =>
    import('./create-image-dialog.tsx').then((file) => ({ default: file.CreateImageDialog })),
  ),
  detachInterface: lazy(() =>
    import('./detach-interface-dialog.tsx').then((file) => ({ default: file.DetachInterfaceDialog })),
  ),
  detachVolume: lazy(() =>
    import('./detach-volume-dialog.tsx').then((file) => ({ default: file.DetachVolumeDialog })),
  ),
  edit: lazy(() => import('./edit-dialog.tsx').then((file) => ({ default: file.EditDialog }))),
  editMetadata: lazy(() =>
    import('./metadata-dialog.tsx').then((file) => ({ default: file.MetadataDialog })),
  ),
  editTags: lazy(() => import('./tags-dialog.tsx').then((file) => ({ default: file.TagsDialog }))),
  evacuate: lazy(() => import('./evacuate-dialog.tsx').then((file) => ({ default: file.EvacuateDialog }))),
  liveMigrate: lazy(() =>
    import('./live-migrate-dialog.tsx').then((file) => ({ default: file.LiveMigrateDialog })),
  ),
  lock: lazy(() => import('./lock-dialog.tsx').then((file) => ({ default: file.LockDialog }))),
  migrate: lazy(() => import('./migrate-dialog.tsx').then((file) => ({ default: file.MigrateDialog }))),
  rebuild: lazy(() => import('./rebuild-dialog.tsx').then((file) => ({ default: file.RebuildDialog }))),
  rescue: lazy(() => import('./rescue-dialog.tsx').then((file) => ({ default: file.RescueDialog }))),
  resize: lazy(() => import('./resize-dialog.tsx').then((file) => ({ default: file.ResizeDialog }))),
  resetState: lazy(() =>
    import('./reset-state-dialog.tsx').then((file) => ({ default: file.ResetStateDialog })),
  ),
  rename: lazy(() => import('./rename-dialog.tsx').then((file) => ({ default: file.RenameDialog }))),
} satisfies Partial<Record<InstanceAction, ComponentType<ActionDialogProps>>>

/** An action that asks something first. */
export type AskingAction = keyof typeof actionDialogs

/** Whether the action asks something first. */
export const asksFirst = (action: InstanceAction): action is AskingAction =>
  Object.hasOwn(actionDialogs, action)
