'use client'
import { ArchiveRestore, Eraser, Pencil, Trash2, Wrench } from 'lucide-react'
import { useWorkToast } from '#features/operations/use-work-toast.ts'
import { usePanel } from '#features/panels/use-panel.ts'
import { volumeLabel } from '#features/volumes/row.ts'
import { useVolumeAsker } from '#features/volumes/use-volume.ts'
import { useTRPCClient } from '#trpc/client.ts'
import { toastRefusal } from '#trpc/refused.ts'
import type { ResolvedAction } from '#ui/actions.tsx'
import { useConfirm } from '#ui/confirm.tsx'
import { type BackupAction, type BackupRow, backupReason } from './row.ts'

type Spec = Pick<ResolvedAction, 'label' | 'icon' | 'danger'>

const specsOf = (isAdmin: boolean): [BackupAction, Spec][] => [
  ['restore', { label: 'Restore', icon: ArchiveRestore }],
  ['edit', { label: 'Edit', icon: Pencil }],
  ...(isAdmin
    ? ([
        ['resetStatus', { label: 'Reset status', icon: Wrench }],
        ['forceDelete', { label: 'Force deletion', icon: Eraser, danger: true }],
      ] as [BackupAction, Spec][])
    : []),
  ['delete', { label: 'Delete', icon: Trash2, danger: true }],
]

/** Makes the actions of any backup of a volume: for its menu, its header and the palette. */
export function useBackupActions(): (row: BackupRow) => ResolvedAction[] {
  const { backups } = useTRPCClient().volume
  const asker = useVolumeAsker()
  const confirm = useConfirm()
  const panel = usePanel()
  const say = useWorkToast()
  const remove = async (row: BackupRow, force: boolean) => {
    const name = volumeLabel(row)
    const yes = await confirm({
      title: force ? 'Force the deletion of this backup?' : 'Delete this backup?',
      consequence: `is removed for good${force ? ', whatever its status says' : ''}. Volumes that were restored from it stay${
        row.incremental ? ', and so do the backups that it builds on' : ''
      }.`,
      names: [name],
      noun: 'backup',
      verb: force ? 'Delete by force' : 'Delete',
    })
    if (!yes) return
    try {
      const { operationId } = await backups.delete.mutate({ id: row.id, ...(force && { force }) })
      say(`Deleting ${name}`, operationId)
    } catch (error) {
      toastRefusal(`Cannot delete ${name}`, error)
    }
  }
  const perform: Record<BackupAction, (row: BackupRow) => unknown> = {
    restore: (row) => panel.open('volume-backup-restore', row.id),
    edit: (row) => panel.open('volume-backup-edit', row.id),
    resetStatus: (row) => panel.open('volume-backup-reset', row.id),
    forceDelete: (row) => remove(row, true),
    delete: (row) => remove(row, false),
  }
  return (row) =>
    specsOf(asker.isAdmin).map(([id, spec]) => ({
      id,
      ...spec,
      reason: backupReason(id, row, asker),
      run: () => void perform[id](row),
    }))
}
