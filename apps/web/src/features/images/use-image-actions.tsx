'use client'
import { CircleStop, Pencil, Play, Trash2, Upload } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { toast } from 'sonner'
import { usePanel } from '#features/panels/use-panel.ts'
import { useSession, useWhyReadOnly } from '#features/session/use-session.ts'
import { paths } from '#paths.ts'
import { useTRPCClient } from '#trpc/client.ts'
import { toastRefusal } from '#trpc/refused.ts'
import type { ResolvedAction } from '#ui/actions.tsx'
import { useConfirm } from '#ui/confirm.tsx'
import { type ImageAction, imageReason } from './actions.ts'
import type { ImageRow } from './row.ts'
import { useUploads } from './upload/upload-provider.tsx'

const specs: readonly Pick<ResolvedAction, 'id' | 'label' | 'icon' | 'danger'>[] = [
  { id: 'launch', label: 'Launch instance', icon: Play },
  { id: 'upload', label: 'Upload file', icon: Upload },
  { id: 'cancel', label: 'Cancel upload', icon: CircleStop },
  { id: 'edit', label: 'Edit', icon: Pencil },
  { id: 'delete', label: 'Delete', icon: Trash2, danger: true },
]

/** Makes the actions of any image: for its menu, its header and the palette. */
export function useImageActions(): (row: ImageRow) => ResolvedAction[] {
  const { isAdmin, project } = useSession()
  const readOnly = useWhyReadOnly()
  const api = useTRPCClient()
  const router = useRouter()
  const confirm = useConfirm()
  const panel = usePanel()
  const { uploads, cancel } = useUploads()

  const remove = async (row: ImageRow) => {
    const yes = await confirm({
      title: 'Delete this image?',
      consequence:
        'and its file are removed for good. Instances made from it go on: they have their own copy.',
      names: [row.name],
      noun: 'image',
      verb: 'Delete',
    })
    if (!yes) return
    try {
      const { operationId } = await api.image.images.delete.mutate({ id: row.id })
      toast(`Deleting ${row.name}`, {
        action: { label: 'Details', onClick: () => router.push(paths.operation(operationId)) },
      })
    } catch (error) {
      toastRefusal(`Cannot delete ${row.name}`, error)
    }
  }
  const stop = async (row: ImageRow) => {
    // One of this tab ends with its request; one of somebody else's by the cloud alone.
    if (uploads.some(({ imageId }) => imageId === row.id)) return cancel(row.id)
    try {
      await api.image.images.cancelUpload.mutate({ id: row.id })
    } catch (error) {
      toastRefusal(`Cannot cancel the upload of ${row.name}`, error)
    }
  }
  return (row) =>
    specs.map((spec) => ({
      ...spec,
      reason: imageReason(spec.id as ImageAction, row, { isAdmin, projectId: project?.id ?? null, readOnly }),
      run: () => {
        if (spec.id === 'launch') router.push(paths.instanceNew({ image: row.id }))
        else if (spec.id === 'upload') router.push(paths.imageNew(row.id))
        else if (spec.id === 'edit') panel.open('image-edit', row.id)
        else if (spec.id === 'cancel') void stop(row)
        else void remove(row)
      },
    }))
}
