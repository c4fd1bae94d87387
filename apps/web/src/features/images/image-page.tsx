'use client'
import { ArrowRight, Check, CircleStop, Link2, Play, Upload, X } from 'lucide-react'
import { useGone } from '#features/live/live-provider.tsx'
import { TagChips } from '#features/tags/tag-chips.tsx'
import { paths } from '#paths.ts'
import { readError } from '#trpc/error.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Button } from '#ui/button.tsx'
import { Card, Facts } from '#ui/card.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { formatMoment, splitBytes } from '#ui/format.ts'
import { LinkButton } from '#ui/link-button.tsx'
import { ResourceHeader, ResourcePage } from '#ui/resource-page.tsx'
import { Strip } from '#ui/strip.tsx'
import { Age } from '#ui/time.tsx'
import { Bytes, Mib } from '#ui/value-unit.tsx'
import { ImageMarks } from './image-marks.tsx'
import { ImageOperationsCard } from './image-operations-card.tsx'
import { ImagePropertiesCard } from './image-properties-card.tsx'
import { ImageState } from './image-state.tsx'
import type { ImageRow } from './row.ts'
import { ImageMembersCard } from './sharing/image-members-card.tsx'
import { ImageStoresCard } from './stores/image-stores-card.tsx'
import { useUploads } from './upload/upload-provider.tsx'
import { useImage } from './use-image.ts'
import { useImageActions } from './use-image-actions.tsx'

/** One image: what it is, what its file is, and what it is used for. */
export function ImagePage({ id }: { id: string }) {
  const { data, error, refetch } = useImage(id)
  return (
    <ResourcePage
      list={{ href: paths.images(), label: 'Images' }}
      noun="image"
      row={data}
      gone={useGone(id)}
      goneNote="Instances made from it go on."
      error={error ? readError(error) : null}
      onRetry={() => void refetch()}
    >
      {(image) => <Loaded image={image} />}
    </ResourcePage>
  )
}

function Loaded({ image }: { image: ImageRow }) {
  const actions = useImageActions()(image)
  const act = (id: string) => actions.find((action) => action.id === id)!
  const [launch, upload] = [act('launch'), act('upload')]
  const waits = image.status === 'queued' || image.status === 'uploading'
  // What is going on, or went wrong, is what people come for.
  const atWork = image.status === 'importing' || (image.status === 'queued' && image.failure !== null)
  const operations = <ImageOperationsCard image={image} className="lg:col-span-2" />
  const here = useUploads().uploads.some(({ imageId }) => imageId === image.id)
  return (
    <>
      <ResourceHeader
        name={image.name}
        mark={
          <>
            <ImageMarks row={image} />
            <TagChips tags={image.tags} />
          </>
        }
      >
        {image.membership?.status === 'pending' && (
          <>
            <Button reason={act('accept').reason} onClick={act('accept').run}>
              <Check aria-hidden="true" /> Accept
            </Button>
            <Button reason={act('reject').reason} onClick={act('reject').run}>
              <X aria-hidden="true" /> Reject
            </Button>
          </>
        )}
        {waits && !here ? (
          <>
            {image.status === 'queued' && (
              <Button reason={act('import').reason} onClick={act('import').run}>
                <Link2 aria-hidden="true" /> Import
              </Button>
            )}
            <Button variant="primary" reason={upload.reason} onClick={upload.run}>
              <Upload aria-hidden="true" /> {upload.label}
            </Button>
          </>
        ) : image.status === 'importing' ? (
          <Button reason={act('cancel').reason} onClick={act('cancel').run}>
            <CircleStop aria-hidden="true" /> {act('cancel').label}
          </Button>
        ) : (
          <Button variant="primary" reason={launch.reason} onClick={launch.run}>
            <Play aria-hidden="true" /> Launch instance
          </Button>
        )}
        <ActionMenu name={image.name} id={image.id} actions={actions} size="header" />
      </ResourceHeader>
      <Strip
        facts={[
          ['State', <ImageState key="state" row={image} />],
          ['Size', <Bytes key="size" value={image.size ?? image.uploadSize} />],
          ['Format', image.diskFormat ?? 'not known yet'],
          ['Created', <Age key="created" at={image.createdAt} />],
          ['ID', <Copyable key="id" value={image.id} what="ID" display={shortId(image.id)} />],
        ]}
      />
      {image.status === 'uploading' && !here && <Interrupted image={image} />}
      {image.failure && image.status !== 'active' && !here && (
        <ErrorPanel
          className="mb-4"
          title="Its file was not stored"
          error={{
            message: image.failure,
            remedy:
              image.status === 'uploading'
                ? 'What has arrived is kept: continue the upload.'
                : 'Upload a file, import one from an address, or delete the image.',
            requestId: null,
          }}
        />
      )}
      <div className="grid gap-4 lg:grid-cols-2">
        {atWork && operations}
        <Card title="File">
          <Facts
            items={[
              { label: 'Size of the file', value: <Bytes value={image.size} /> },
              { label: 'Size of the disk inside', value: <Bytes value={image.virtualSize} /> },
              { label: 'MD5', value: hash(image.checksum, 'MD5') },
              {
                label: image.hashAlgo?.toUpperCase() ?? 'SHA512',
                value: hash(image.hashValue, image.hashAlgo ?? 'hash'),
              },
            ]}
          />
        </Card>
        <Card title="Use">
          <Facts
            items={[
              {
                label: 'Needs a disk of',
                value: image.minDiskGib ? <Mib value={image.minDiskGib * 1024} /> : 'any size',
              },
              {
                label: 'Needs memory of',
                value: image.minRamMib ? <Mib value={image.minRamMib} /> : 'any size',
              },
              { label: 'Container format', value: image.containerFormat },
              { label: 'Changed', value: formatMoment(image.updatedAt) },
            ]}
          />
          <LinkButton href={paths.instances({ image: image.id })} size="sm" className="mt-4">
            Instances made from it <ArrowRight aria-hidden="true" />
          </LinkButton>
        </Card>
        <ImageMembersCard image={image} className="lg:col-span-2" />
        <ImagePropertiesCard image={image} edit={act('properties')} />
        <ImageStoresCard image={image} copy={act('copy')} className="lg:col-span-2" />
        {!atWork && operations}
      </div>
    </>
  )
}

/** An upload that was begun, and that this tab does not send: in another one, or by nobody any more. */
function Interrupted({ image }: { image: ImageRow }) {
  const arrived = splitBytes(image.uploadedBytes ?? 0).join(' ')
  const all = splitBytes(image.uploadSize ?? 0).join(' ')
  return (
    <p role="status" className="mb-4 rounded-lg border border-line bg-raised px-4 py-3 text-sm text-muted">
      {arrived} of {all}{' '}
      {image.uploadFile && (
        <>
          of <span className="break-all font-medium text-fg">{image.uploadFile}</span>{' '}
        </>
      )}
      have arrived. If nobody is sending it any more, choose the same file and it goes on from there. What has
      arrived is kept for a day.
    </p>
  )
}

const hash = (value: string | null, what: string) =>
  value ? (
    <Copyable value={value} what={what} className="text-xs" />
  ) : (
    <span className="text-subtle">not known yet</span>
  )
