'use client'
import { useQuery } from '@tanstack/react-query'
import { ArrowRight, Lock, Play, Upload } from 'lucide-react'
import { useGone } from '#features/live/live-provider.tsx'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Badge } from '#ui/badge.tsx'
import { Button } from '#ui/button.tsx'
import { Card, Facts } from '#ui/card.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { formatMoment } from '#ui/format.ts'
import { LinkButton } from '#ui/link-button.tsx'
import { ResourceHeader, ResourcePage } from '#ui/resource-page.tsx'
import { Strip } from '#ui/strip.tsx'
import { Age } from '#ui/time.tsx'
import { Bytes, Mib } from '#ui/value-unit.tsx'
import { ImageState } from './image-state.tsx'
import type { ImageRow } from './row.ts'
import { useUploads } from './upload/upload-provider.tsx'
import { useImageActions } from './use-image-actions.tsx'

/** One image: what it is, what its file is, and what it is used for. */
export function ImagePage({ id }: { id: string }) {
  const trpc = useTRPC()
  const { data, error, refetch } = useQuery(trpc.image.images.show.queryOptions({ id }))
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
  const here = useUploads().uploads.some(({ imageId }) => imageId === image.id)
  const properties = Object.entries(image.properties)
  return (
    <>
      <ResourceHeader
        name={image.name}
        mark={
          <>
            <Badge tone={image.visibility === 'public' ? 'accent' : 'neutral'}>{image.visibility}</Badge>
            {image.protected && (
              <Badge>
                <Lock className="size-3" aria-hidden="true" /> protected
              </Badge>
            )}
          </>
        }
      >
        {image.status === 'queued' ? (
          <Button variant="primary" reason={upload.reason} onClick={upload.run}>
            <Upload aria-hidden="true" /> Upload file
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
      {image.failure && image.status !== 'active' && !here && (
        <ErrorPanel
          className="mb-4"
          title="The last upload was not stored"
          error={{
            message: image.failure,
            remedy: 'Upload a file again, or delete the image.',
            requestId: null,
          }}
        />
      )}
      <div className="grid gap-4 lg:grid-cols-2">
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
        <Card title="Properties" className="lg:col-span-2">
          {properties.length > 0 ? (
            <Facts items={properties.map(([label, value]) => ({ label, value: value || '(empty)' }))} />
          ) : (
            <p className="text-sm text-muted">
              None. Tools that know the image's system or drivers write them here; Edit adds some by hand.
            </p>
          )}
        </Card>
      </div>
    </>
  )
}

const hash = (value: string | null, what: string) =>
  value ? (
    <Copyable value={value} what={what} className="text-xs" />
  ) : (
    <span className="text-subtle">not known yet</span>
  )
