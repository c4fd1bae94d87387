'use client'
import { useMutation } from '@tanstack/react-query'
import { useRouter } from 'next/navigation'
import { useDraft } from '#features/forms/use-draft.ts'
import { paths } from '#paths.ts'
import { readError } from '#trpc/error.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { FileDrop } from '#ui/file-drop.tsx'
import { splitBytes } from '#ui/format.ts'
import { Progress } from '#ui/progress.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import { imageReason } from '../actions.ts'
import { arrivedPercent } from '../row.ts'
import { useImage, useImageAsker } from '../use-image.ts'
import { useUploads } from './upload-provider.tsx'

/** Sends the file of an image that waits for one, or the rest of one that was begun. */
export function UploadInto({ id }: { id: string }) {
  const router = useRouter()
  const asker = useImageAsker()
  const { sendInto } = useUploads()
  const [draft, change] = useDraft<{ file: File | null }>({ file: null })
  const { data: image, error, refetch } = useImage(id)
  const send = useMutation({
    mutationFn: async (file: File) => {
      if (image) await sendInto(image, file)
    },
    onSuccess: () => router.push(paths.image(id)),
  })
  if (error) return <ErrorPanel error={readError(error)} onRetry={() => void refetch()} />
  if (!image) return <Skeleton className="h-48 w-full rounded-xl" />
  const begun = image.status === 'uploading'
  const percent = arrivedPercent(image)
  const reason =
    imageReason('upload', image, asker) ??
    (draft.file ? null : begun ? 'Choose the same file first.' : 'Choose a file first.')
  return (
    <Card title={`File of ${image.name}`} className="max-w-2xl">
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (!reason && draft.file && !send.isPending) send.mutate(draft.file)
        }}
      >
        {begun ? (
          <div className="text-sm text-muted">
            <p className="mb-2">
              {splitBytes(image.uploadedBytes ?? 0).join(' ')} of{' '}
              {splitBytes(image.uploadSize ?? 0).join(' ')} of{' '}
              <span className="break-all font-medium text-fg">{image.uploadFile}</span> have arrived. Choose
              the same file, and it goes on from there.
            </p>
            <Progress value={percent} label={`Upload of ${image.name}`} tone="warn" />
          </div>
        ) : (
          image.failure && <p className="text-sm text-warn-text">The last upload: {image.failure}</p>
        )}
        <FileDrop label="Image file" file={draft.file} onFile={(file) => change({ file })} />
        {send.error && <ErrorPanel error={readError(send.error)} />}
        <Button
          type="submit"
          variant="primary"
          className="self-start"
          loading={send.isPending}
          reason={reason}
        >
          {begun ? 'Continue upload' : 'Upload file'}
        </Button>
      </form>
    </Card>
  )
}
