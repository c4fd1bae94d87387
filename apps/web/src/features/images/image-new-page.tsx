'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useRouter, useSearchParams } from 'next/navigation'
import { useId } from 'react'
import { ApiCall } from '#features/forms/api-call.tsx'
import { errorBelow, formErrors } from '#features/forms/form-errors.ts'
import { useDraft } from '#features/forms/use-draft.ts'
import { useUnsavedGuard } from '#features/list/use-unsaved-guard.ts'
import { useSession, useWhyReadOnly } from '#features/session/use-session.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { BackLink } from '#ui/back-link.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { Field } from '#ui/field.tsx'
import { FileDrop } from '#ui/file-drop.tsx'
import { Input } from '#ui/input.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import { emptyImage, type ImageDraft, ImageFields, imageInput } from './image-fields.tsx'
import { useUploads } from './upload/upload-provider.tsx'
import { nameFromFile } from './upload/upload-state.ts'

/** Uploads an image: a new one, or the file of one that waits for it (`?image=`). */
export function ImageNewPage() {
  const into = useSearchParams().get('image')
  return (
    <>
      <BackLink href={paths.images()}>Images</BackLink>
      <PageHeader
        title={into ? 'Upload file' : 'Upload image'}
        description="A disk image: qcow2, raw or iso. Its format is found out from the file itself."
      />
      {into ? <UploadInto id={into} /> : <UploadNew />}
    </>
  )
}

function UploadNew() {
  const router = useRouter()
  const readOnly = useWhyReadOnly()
  const { isAdmin } = useSession()
  const { start } = useUploads()
  const formId = useId()
  const [draft, change, dirty] = useDraft<ImageDraft & { file: File | null }>({ ...emptyImage, file: null })
  const suggested = draft.file ? nameFromFile(draft.file.name) : ''
  const { input, problem } = imageInput({ ...draft, name: draft.name.trim() || suggested })
  const upload = useMutation({
    mutationFn: (file: File) => start(input, file),
    onSuccess: (id) => {
      release()
      router.push(paths.image(id))
    },
  })
  const release = useUnsavedGuard(dirty && !upload.isSuccess)
  const { at, rest, hint } = formErrors(upload.error, Object.keys(input))
  const reason = readOnly ?? (draft.file ? null : 'Choose a file first.') ?? problem
  return (
    <form
      id={formId}
      noValidate
      className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]"
      onSubmit={(event) => {
        event.preventDefault()
        if (!reason && draft.file && !upload.isPending) upload.mutate(draft.file)
      }}
    >
      <div className="flex min-w-0 flex-col gap-4">
        <Card title="File">
          <FileDrop label="Image file" file={draft.file} onFile={(file) => change({ file })} />
        </Card>
        <Card>
          <Field label="Name" error={at.name}>
            <Input
              value={draft.name}
              placeholder={suggested || 'debian-12'}
              maxLength={255}
              spellCheck={false}
              onChange={(event) => change({ name: event.target.value })}
            />
          </Field>
        </Card>
      </div>
      <div className="flex min-w-0 flex-col gap-4">
        <Card title="Use">
          <div className="flex flex-col gap-4">
            <ImageFields
              draft={draft}
              errors={at}
              propertiesError={problem ?? errorBelow(at, 'properties')}
              isAdmin={isAdmin}
              onChange={change}
            />
            {hint && <p className="text-xs text-warn-text">{hint}</p>}
            {rest && <ErrorPanel error={rest} />}
            <Button
              type="submit"
              variant="primary"
              className="w-full"
              loading={upload.isPending}
              reason={reason}
            >
              Upload image
            </Button>
            <p className="text-xs text-subtle">
              It goes on while you look at other pages of the dashboard; keep this tab open.
            </p>
            <ApiCall verb="image.images.create" input={input} />
          </div>
        </Card>
      </div>
    </form>
  )
}

function UploadInto({ id }: { id: string }) {
  const trpc = useTRPC()
  const router = useRouter()
  const readOnly = useWhyReadOnly()
  const { sendInto } = useUploads()
  const [draft, change] = useDraft<{ file: File | null }>({ file: null })
  const { data: image, error, refetch } = useQuery(trpc.image.images.show.queryOptions({ id }))
  if (error) return <ErrorPanel error={readError(error)} onRetry={() => void refetch()} />
  if (!image) return <Skeleton className="h-48 w-full rounded-xl" />
  const reason =
    readOnly ??
    (image.status === 'queued' ? null : 'This image does not wait for a file.') ??
    (draft.file ? null : 'Choose a file first.')
  return (
    <Card title={`File of ${image.name}`} className="max-w-2xl">
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (reason || !draft.file) return
          sendInto(image, draft.file)
          router.push(paths.image(id))
        }}
      >
        {image.failure && <p className="text-sm text-warn-text">The last upload: {image.failure}</p>}
        <FileDrop label="Image file" file={draft.file} onFile={(file) => change({ file })} />
        <Button type="submit" variant="primary" className="self-start" reason={reason}>
          Upload file
        </Button>
      </form>
    </Card>
  )
}
