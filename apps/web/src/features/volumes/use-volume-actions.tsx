'use client'
import {
  Archive,
  ArchiveRestore,
  ArrowRightLeft,
  Ban,
  Camera,
  Copy,
  Eraser,
  HardDriveDownload,
  Lock,
  LockOpen,
  MoveRight,
  Pencil,
  Plug,
  Power,
  Scaling,
  Shapes,
  Tags,
  Trash2,
  Undo2,
  Unplug,
  Wrench,
} from 'lucide-react'
import { useRouter } from 'next/navigation'
import { toast } from 'sonner'
import { usePanel } from '#features/panels/use-panel.ts'
import { paths } from '#paths.ts'
import { useTRPCClient } from '#trpc/client.ts'
import { toastRefusal } from '#trpc/refused.ts'
import type { ResolvedAction } from '#ui/actions.tsx'
import { useConfirm } from '#ui/confirm.tsx'
import { type VolumeAction, volumeReason } from './actions.ts'
import { type VolumeRow, volumeLabel } from './row.ts'
import { useDetachVolume } from './use-detach-volume.ts'
import { useVolumeAsker } from './use-volume.ts'

type Spec = Pick<ResolvedAction, 'label' | 'icon' | 'danger' | 'group'>

const copies = 'Copies'
const settings = 'Settings'
const move = 'Give away and move'
const admin = 'Administration'

/** How the actions of a volume are called and look, in the order of menus. */
const specsOf = (row: VolumeRow, isAdmin: boolean): [VolumeAction, Spec][] => [
  ['attach', { label: 'Attach to an instance', icon: Plug }],
  ['detach', { label: 'Detach', icon: Unplug }],
  ['snapshot', { label: 'Take snapshot', icon: Camera }],
  ['extend', { label: 'Extend', icon: Scaling }],
  ['edit', { label: 'Edit', icon: Pencil }],
  ['clone', { label: 'Create volume from it', icon: Copy, group: copies }],
  ['backup', { label: 'Create backup', icon: Archive, group: copies }],
  ['upload', { label: 'Create image of it', icon: HardDriveDownload, group: copies }],
  ['revert', { label: 'Revert to last snapshot', icon: Undo2, danger: true, group: copies }],
  ['metadata', { label: 'Metadata', icon: Tags, group: settings }],
  [
    'setBootable',
    row.bootable
      ? { label: 'Mark as not bootable', icon: Ban, group: settings }
      : { label: 'Mark as bootable', icon: Power, group: settings },
  ],
  [
    'setReadOnly',
    row.readOnly
      ? { label: 'Allow writing', icon: LockOpen, group: settings }
      : { label: 'Make read-only', icon: Lock, group: settings },
  ],
  ['retype', { label: 'Change type', icon: Shapes, group: settings }],
  row.status === 'awaiting_transfer'
    ? ['cancelTransfer', { label: 'Withdraw the offer', icon: ArchiveRestore, group: move }]
    : ['transfer', { label: 'Transfer to another project', icon: ArrowRightLeft, group: move }],
  ...(isAdmin
    ? ([
        ['migrate', { label: 'Move to another back end', icon: MoveRight, group: admin }],
        ['resetStatus', { label: 'Reset status', icon: Wrench, group: admin }],
        ['forceDelete', { label: 'Force deletion', icon: Eraser, danger: true, group: admin }],
      ] as [VolumeAction, Spec][])
    : []),
  ['delete', { label: 'Delete', icon: Trash2, danger: true }],
]

/** Makes the actions of any volume: for its menu, its header and the palette. */
export function useVolumeActions(): (row: VolumeRow) => ResolvedAction[] {
  const { volumes, snapshots, transfers } = useTRPCClient().volume
  const asker = useVolumeAsker()
  const router = useRouter()
  const confirm = useConfirm()
  const panel = usePanel()
  const detach = useDetachVolume()

  const attempt = async (failed: string, done: string, call: () => Promise<unknown>) => {
    try {
      await call()
      toast.success(done)
    } catch (error) {
      toastRefusal(failed, error)
    }
  }
  const revert = async (row: VolumeRow) => {
    const name = volumeLabel(row)
    const newest = await snapshots.list
      .query({ volumeId: row.id, limit: 1, allProjects: asker.isAdmin })
      .then(({ items }) => items[0])
      .catch(() => undefined)
    if (!newest) return void toast.error(`${name} has no snapshot to go back to.`)
    const yes = await confirm({
      title: 'Revert this volume?',
      consequence: `becomes again what ${newest.name || 'its last snapshot'} holds, taken ${newest.createdAt.toLocaleString()}. Everything written since is lost.`,
      names: [name],
      noun: 'volume',
      verb: 'Revert',
    })
    if (yes)
      await attempt(`Cannot revert ${name}`, `Reverting ${name}`, () =>
        volumes.revert.mutate({ id: row.id, snapshotId: newest.id }),
      )
  }
  const force = async (row: VolumeRow) => {
    const name = volumeLabel(row)
    const yes = await confirm({
      title: 'Force the deletion of this volume?',
      consequence: `is removed for good, whatever is being done to it${row.snapshotCount > 0 ? `, with its ${row.snapshotCount} snapshots` : ''}.`,
      names: [name],
      noun: 'volume',
      verb: 'Delete by force',
    })
    if (yes)
      await attempt(`Cannot delete ${name}`, `Deleting ${name}`, () =>
        volumes.forceDelete.mutate({ id: row.id }),
      )
  }
  const withdraw = async (row: VolumeRow) => {
    const name = volumeLabel(row)
    await attempt(`Cannot withdraw the offer of ${name}`, `${name} is not offered any more`, async () => {
      const { items } = await transfers.list.query({ volumeId: row.id, allProjects: asker.isAdmin })
      for (const { id } of items) await transfers.delete.mutate({ id })
    })
  }
  const perform: Record<VolumeAction, (row: VolumeRow) => unknown> = {
    attach: (row) => panel.open('volume-attach', row.id),
    detach: (row) =>
      row.attachments.length === 1
        ? detach(row, row.attachments[0]!)
        : router.push(paths.volume(row.id, 'attachments')),
    snapshot: (row) => panel.open('volume-snapshot', row.id),
    extend: (row) => panel.open('volume-extend', row.id),
    edit: (row) => panel.open('volume-edit', row.id),
    metadata: (row) => panel.open('volume-metadata', row.id),
    setBootable: (row) =>
      attempt(
        `Cannot change ${volumeLabel(row)}`,
        `${volumeLabel(row)} is ${row.bootable ? 'not ' : ''}offered to boot from`,
        () => volumes.setBootable.mutate({ id: row.id, bootable: !row.bootable }),
      ),
    setReadOnly: (row) =>
      attempt(
        `Cannot change ${volumeLabel(row)}`,
        row.readOnly
          ? `Guests may write to ${volumeLabel(row)}`
          : `Guests cannot write to ${volumeLabel(row)}`,
        () => volumes.setReadOnly.mutate({ id: row.id, readOnly: !row.readOnly }),
      ),
    retype: (row) => panel.open('volume-retype', row.id),
    revert,
    clone: (row) => router.push(paths.volumeNew({ volume: row.id })),
    backup: (row) => panel.open('volume-backup', row.id),
    upload: (row) => panel.open('volume-image', row.id),
    transfer: (row) => panel.open('volume-transfer', row.id),
    cancelTransfer: withdraw,
    migrate: (row) => panel.open('volume-migrate', row.id),
    resetStatus: (row) => panel.open('volume-reset', row.id),
    forceDelete: force,
    delete: (row) => panel.open('volume-delete', row.id),
  }
  return (row) =>
    specsOf(row, asker.isAdmin).map(([id, spec]) => ({
      id,
      ...spec,
      reason: volumeReason(id, row, asker),
      run: () => void perform[id](row),
    }))
}
