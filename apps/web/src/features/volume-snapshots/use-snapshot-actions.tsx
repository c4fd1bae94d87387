'use client'
import { Archive, Eraser, HardDrive, Pencil, Trash2, Undo2, Wrench } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useWorkToast } from '#features/operations/use-work-toast.ts'
import { usePanel } from '#features/panels/use-panel.ts'
import { volumeLabel } from '#features/volumes/row.ts'
import { useVolumeAsker } from '#features/volumes/use-volume.ts'
import { paths } from '#paths.ts'
import { useTRPCClient } from '#trpc/client.ts'
import { toastRefusal } from '#trpc/refused.ts'
import type { ResolvedAction } from '#ui/actions.tsx'
import { useConfirm } from '#ui/confirm.tsx'
import { formatMoment } from '#ui/format.ts'
import { type SnapshotAction, type SnapshotRow, snapshotReason } from './row.ts'

type Spec = Pick<ResolvedAction, 'label' | 'icon' | 'danger'>

const specsOf = (isAdmin: boolean): [SnapshotAction, Spec][] => [
  ['create', { label: 'Create volume from it', icon: HardDrive }],
  ['backup', { label: 'Create backup of it', icon: Archive }],
  ['revert', { label: 'Revert its volume to it', icon: Undo2, danger: true }],
  ['edit', { label: 'Edit', icon: Pencil }],
  ...(isAdmin
    ? ([
        ['resetStatus', { label: 'Reset status', icon: Wrench }],
        ['forceDelete', { label: 'Force deletion', icon: Eraser, danger: true }],
      ] as [SnapshotAction, Spec][])
    : []),
  ['delete', { label: 'Delete', icon: Trash2, danger: true }],
]

/** Makes the actions of any snapshot of a volume: for its menu, its header and the palette. */
export function useSnapshotActions(): (row: SnapshotRow) => ResolvedAction[] {
  const { snapshots, volumes } = useTRPCClient().volume
  const asker = useVolumeAsker()
  const router = useRouter()
  const confirm = useConfirm()
  const panel = usePanel()
  const say = useWorkToast()

  const attempt = async (failed: string, doing: string, call: () => Promise<{ operationId: string }>) => {
    try {
      const { operationId } = await call()
      say(doing, operationId)
    } catch (error) {
      toastRefusal(failed, error)
    }
  }
  const revert = async (row: SnapshotRow) => {
    const name = row.volumeName || 'its volume'
    const yes = await confirm({
      title: 'Revert the volume to this snapshot?',
      consequence: `is what ${name} becomes again, as it was on ${formatMoment(row.createdAt)}. Everything written to the volume since is lost.`,
      names: [volumeLabel(row)],
      noun: 'snapshot',
      verb: 'Revert',
    })
    if (yes)
      await attempt(`Cannot revert ${name}`, `Reverting ${name}`, () =>
        volumes.revert.mutate({ id: row.volumeId, snapshotId: row.id }),
      )
  }
  const remove = async (row: SnapshotRow, force: boolean) => {
    const yes = await confirm({
      title: force ? 'Force the deletion of this snapshot?' : 'Delete this snapshot?',
      consequence: `is removed for good${force ? ', whatever its status says' : ''}. Its volume, and volumes that were made from it, stay.`,
      names: [volumeLabel(row)],
      noun: 'snapshot',
      verb: force ? 'Delete by force' : 'Delete',
    })
    if (yes)
      await attempt(`Cannot delete ${volumeLabel(row)}`, `Deleting ${volumeLabel(row)}`, () =>
        snapshots.delete.mutate({ id: row.id, ...(force && { force }) }),
      )
  }
  const perform: Record<SnapshotAction, (row: SnapshotRow) => unknown> = {
    create: (row) => router.push(paths.volumeNew({ snapshot: row.id })),
    backup: (row) => panel.open('volume-backup', `${row.volumeId}/${row.id}`),
    revert,
    edit: (row) => panel.open('volume-snapshot-edit', row.id),
    resetStatus: (row) => panel.open('volume-snapshot-reset', row.id),
    forceDelete: (row) => remove(row, true),
    delete: (row) => remove(row, false),
  }
  return (row) =>
    specsOf(asker.isAdmin).map(([id, spec]) => ({
      id,
      ...spec,
      reason: snapshotReason(id, row, asker),
      run: () => void perform[id](row),
    }))
}
