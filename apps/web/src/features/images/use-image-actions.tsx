'use client'
import {
  Ban,
  Check,
  CircleStop,
  CopyPlus,
  Download,
  Flame,
  HardDrive,
  Link2,
  Pencil,
  Play,
  Share2,
  SlidersHorizontal,
  Tag,
  Trash2,
  Undo2,
  Upload,
  X,
} from 'lucide-react'
import { useRouter } from 'next/navigation'
import { toast } from 'sonner'
import { usePanel } from '#features/panels/use-panel.ts'
import { paths } from '#paths.ts'
import { useTRPCClient } from '#trpc/client.ts'
import { toastRefusal } from '#trpc/refused.ts'
import type { ResolvedAction } from '#ui/actions.tsx'
import { useConfirm } from '#ui/confirm.tsx'
import { type ImageAction, imageReason } from './actions.ts'
import type { ImageRow } from './row.ts'
import { useUploads } from './upload/upload-provider.tsx'
import { useImageAsker } from './use-image.ts'

type Spec = Pick<ResolvedAction, 'label' | 'icon' | 'danger' | 'group'>

/** How the actions of an image are called and look, in the order of menus. */
const specsOf = (row: ImageRow): [ImageAction, Spec][] => [
  ['launch', { label: 'Launch instance', icon: Play }],
  ['volume', { label: 'Create volume from it', icon: HardDrive }],
  ...(row.membership
    ? ([
        ['accept', { label: 'Accept', icon: Check }],
        ['reject', { label: 'Reject', icon: X }],
      ] as [ImageAction, Spec][])
    : []),
  ['upload', { label: row.status === 'uploading' ? 'Continue upload' : 'Upload file', icon: Upload }],
  ['import', { label: 'Import from an address', icon: Link2 }],
  ['cancel', { label: row.status === 'importing' ? 'Cancel import' : 'Cancel upload', icon: CircleStop }],
  ['download', { label: 'Download', icon: Download }],
  ['edit', { label: 'Edit', icon: Pencil }],
  ['share', { label: 'Share', icon: Share2 }],
  ['properties', { label: 'Properties', icon: SlidersHorizontal }],
  ['tags', { label: 'Tags', icon: Tag }],
  [
    'deactivate',
    row.status === 'deactivated' ? { label: 'Reactivate', icon: Undo2 } : { label: 'Deactivate', icon: Ban },
  ],
  ['copy', { label: 'Copy to stores', icon: CopyPlus, group: 'Copies' }],
  ['warm', { label: 'Copy to hosts', icon: Flame, group: 'Copies' }],
  ['delete', { label: 'Delete', icon: Trash2, danger: true }],
]

/** Makes the actions of any image: for its menu, its header and the palette. */
export function useImageActions(): (row: ImageRow) => ResolvedAction[] {
  const { image, operation } = useTRPCClient()
  const { images, members } = image
  const asker = useImageAsker()
  const router = useRouter()
  const confirm = useConfirm()
  const panel = usePanel()
  const { uploads, cancel } = useUploads()

  const attempt = async (failed: string, done: string | null, call: () => Promise<unknown>) => {
    try {
      await call()
      if (done) toast.success(done)
    } catch (error) {
      toastRefusal(failed, error)
    }
  }
  const stopImport = async (row: ImageRow) => {
    const yes = await confirm({
      title: 'Cancel this import?',
      consequence: 'keeps nothing of what has arrived, and waits for a file again.',
      names: [row.name],
      noun: 'image',
      verb: 'Cancel import',
    })
    if (!yes) return
    await attempt(`Cannot cancel the import of ${row.name}`, null, async () => {
      const { items } = await operation.operations.list.query({
        resourceId: row.id,
        kind: 'image-import',
        status: ['queued', 'running'],
        limit: 1,
        ...(asker.isAdmin && { allProjects: true }),
      })
      if (items[0]) await operation.operations.cancel.mutate({ id: items[0].id })
    })
  }
  const stop = async (row: ImageRow) => {
    if (row.status === 'importing') return stopImport(row)
    if (row.status === 'uploading' || uploads.some(({ imageId }) => imageId === row.id)) {
      const yes = await confirm({
        title: 'Cancel this upload?',
        consequence: 'keeps nothing of what has arrived.',
        names: [row.name],
        noun: 'image',
        verb: 'Cancel upload',
      })
      if (!yes) return
    }
    if (uploads.some(({ imageId }) => imageId === row.id)) return cancel(row.id)
    await attempt(`Cannot cancel the upload of ${row.name}`, null, () =>
      images.cancelUpload.mutate({ id: row.id }),
    )
  }
  const turn = async (row: ImageRow) => {
    if (row.status === 'deactivated')
      return attempt(`Cannot reactivate ${row.name}`, `${row.name} can be used again`, () =>
        images.reactivate.mutate({ id: row.id }),
      )
    const yes = await confirm({
      title: 'Deactivate this image?',
      consequence:
        'starts no new instances and cannot be downloaded until it is reactivated. Instances made from it go on.',
      names: [row.name],
      noun: 'image',
      verb: 'Deactivate',
    })
    if (yes)
      await attempt(`Cannot deactivate ${row.name}`, `${row.name} is deactivated`, () =>
        images.deactivate.mutate({ id: row.id }),
      )
  }
  const answer = (row: ImageRow, status: 'accepted' | 'rejected') =>
    attempt(
      `Cannot answer the offer of ${row.name}`,
      status === 'accepted' ? `${row.name} is in the list of images` : `${row.name} was rejected`,
      () => members.setStatus.mutate({ id: row.id, status }),
    )
  const perform: Record<ImageAction, (row: ImageRow) => unknown> = {
    launch: (row) => router.push(paths.instanceNew({ image: row.id })),
    volume: (row) => router.push(paths.volumeNew({ image: row.id })),
    accept: (row) => answer(row, 'accepted'),
    reject: (row) => answer(row, 'rejected'),
    upload: (row) => router.push(paths.imageNew({ image: row.id })),
    import: (row) => panel.open('image-import', row.id),
    cancel: stop,
    download: (row) => window.location.assign(paths.api.imageFile(row.id)),
    edit: (row) => panel.open('image-edit', row.id),
    share: (row) => panel.open('image-share', row.id),
    properties: (row) => panel.open('image-properties', row.id),
    tags: (row) => panel.open('image-tags', row.id),
    deactivate: turn,
    copy: (row) => panel.open('image-copy', row.id),
    warm: (row) => panel.open('image-warm', row.id),
    delete: (row) => panel.open('image-delete', row.id),
  }
  return (row) =>
    specsOf(row).map(([id, spec]) => ({
      id,
      ...spec,
      reason: imageReason(id, row, asker),
      run: () => void perform[id](row),
    }))
}
