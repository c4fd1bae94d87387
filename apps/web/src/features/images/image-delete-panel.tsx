'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { toast } from 'sonner'
import { paths } from '#paths.ts'
import { type RouterOutputs, useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { Button } from '#ui/button.tsx'
import { Dialog } from '#ui/dialog.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { Field } from '#ui/field.tsx'
import { count } from '#ui/format.ts'
import { Input } from '#ui/input.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import { imageReason } from './actions.ts'
import type { ImageRow } from './row.ts'
import { useImage, useImageAsker } from './use-image.ts'

type Usage = RouterOutputs['image']['images']['usage']

/** Whether others would miss the image: then its name has to be typed. */
const concernsOthers = (image: ImageRow, usage: Usage): boolean =>
  usage.instances.others + usage.volumes.others + usage.accepted > 0 || image.visibility === 'public'

/** What is being made from the image at this moment, in words; null when nothing is. */
const building = ({ building: { instances, volumes } }: Usage): string | null =>
  [instances > 0 && count(instances, 'instance'), volumes > 0 && count(volumes, 'volume')]
    .filter(Boolean)
    .join(' and ') || null

/** Asks before an image is deleted: what was made from it, and who loses it. */
export function ImageDeletePanel({ of, onClose }: { of: string; onClose: () => void }) {
  const trpc = useTRPC()
  const router = useRouter()
  const asker = useImageAsker()
  const [typed, setTyped] = useState('')
  const image = useImage(of)
  const usage = useQuery(trpc.image.images.usage.queryOptions({ id: of }, { gcTime: 0 }))
  const remove = useMutation(
    trpc.image.images.delete.mutationOptions({
      onSuccess: ({ operationId }) => {
        toast(`Deleting ${image.data?.name ?? 'the image'}`, {
          action: { label: 'Details', onClick: () => router.push(paths.operation(operationId)) },
        })
        onClose()
      },
    }),
  )
  const error = remove.error ?? image.error ?? usage.error
  const loaded = image.data && usage.data ? { image: image.data, usage: usage.data } : null
  const mustType = loaded !== null && concernsOthers(loaded.image, loaded.usage)
  const reason = !loaded
    ? 'Still looking what was made from it.'
    : (imageReason('delete', loaded.image, asker) ??
      (building(loaded.usage)
        ? 'Wait until what is being made from it is there.'
        : mustType && typed.trim() !== loaded.image.name
          ? 'Type its name to confirm.'
          : null))
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Delete this image?"
      footer={
        <>
          <Button onClick={onClose}>Keep</Button>
          <Button
            variant="danger"
            loading={remove.isPending}
            reason={reason}
            onClick={() => remove.mutate({ id: of })}
          >
            Delete
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3 text-sm">
        {error && <ErrorPanel error={readError(error)} />}
        {loaded ? (
          <>
            <Consequence {...loaded} onLeave={onClose} />
            {mustType && (
              <Field label={`Type ${loaded.image.name} to confirm`}>
                <Input
                  value={typed}
                  autoFocus
                  autoComplete="off"
                  spellCheck={false}
                  onChange={(event) => setTyped(event.target.value)}
                />
              </Field>
            )}
          </>
        ) : (
          !error && <Skeleton className="h-20" />
        )}
      </div>
    </Dialog>
  )
}

function Consequence({ image, usage, onLeave }: { image: ImageRow; usage: Usage; onLeave: () => void }) {
  const { instances, volumes } = usage
  const nothing =
    instances.own + instances.others + volumes.own + volumes.others + usage.members === 0 &&
    image.visibility !== 'public' &&
    image.visibility !== 'community'
  return (
    <>
      <p className="text-muted">
        <strong className="break-words font-semibold text-fg">{image.name}</strong> and its file are removed
        for good. {nothing && 'Nothing was made from it, and nobody else uses it.'}
      </p>
      {instances.own + instances.others > 0 && (
        <Made
          title={`${count(instances.own + instances.others, 'instance')} made from it`}
          consequence="go on with their own copy. They cannot be rebuilt or rescued with it any more."
          uses={instances}
          href={paths.instance}
          onLeave={onLeave}
        />
      )}
      {volumes.own + volumes.others > 0 && (
        <Made
          title={`${count(volumes.own + volumes.others, 'volume')} made from it`}
          consequence="keep what they have."
          uses={volumes}
          href={paths.volume}
          onLeave={onLeave}
        />
      )}
      {usage.members > 0 && (
        <p className="text-muted">
          It is shared with {count(usage.members, 'project')}
          {usage.accepted > 0 && `, of which ${usage.accepted} accepted it`}. They lose it.
        </p>
      )}
      {image.visibility === 'public' && <p className="text-muted">Every project loses it from its list.</p>}
      {image.visibility === 'community' && (
        <p className="text-muted">It is a community image: any project may have been using it.</p>
      )}
      {building(usage) && (
        <p role="status" className="text-warn-text">
          Just being made from it: {building(usage)}.
        </p>
      )}
    </>
  )
}

function Made({
  title,
  consequence,
  uses,
  href,
  onLeave,
}: {
  title: string
  consequence: string
  uses: Usage['instances']
  /** Page of one of them, where there is one. */
  href?: (id: string) => string
  onLeave: () => void
}) {
  const more = uses.own - uses.first.length
  return (
    <div>
      <p className="text-muted">
        <span className="font-medium text-fg">{title}</span> {consequence}
      </p>
      <ul className="scroll-thin mt-1.5 max-h-40 divide-y divide-line overflow-y-auto rounded-md border border-line bg-raised px-3">
        {uses.first.map(({ id, name }) => (
          <li key={id} className="py-1.5">
            {href ? (
              <Link
                href={href(id)}
                onClick={onLeave}
                className="block truncate rounded font-medium hover:underline"
              >
                {name || id}
              </Link>
            ) : (
              <span className="block truncate font-medium">{name || id}</span>
            )}
          </li>
        ))}
        {more > 0 && <li className="py-1.5 text-muted">{more} more of this project</li>}
        {uses.others > 0 && <li className="py-1.5 text-muted">{uses.others} of other projects</li>}
      </ul>
    </div>
  )
}
