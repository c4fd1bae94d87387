'use client'
import { useQuery } from '@tanstack/react-query'
import { ArrowRight, Pencil } from 'lucide-react'
import { useGone } from '#features/live/live-provider.tsx'
import { usePanel } from '#features/panels/use-panel.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Badge } from '#ui/badge.tsx'
import { Button } from '#ui/button.tsx'
import { Card, Facts } from '#ui/card.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { formatMoment } from '#ui/format.ts'
import { LinkButton } from '#ui/link-button.tsx'
import { ResourceHeader, ResourcePage } from '#ui/resource-page.tsx'
import { Strip } from '#ui/strip.tsx'
import type { VolumeTypeRow } from './row.ts'
import { TypeAccessCard } from './type-access-card.tsx'
import { TypeSpecsCard } from './type-specs-card.tsx'
import { useTypeActions } from './use-type-actions.tsx'

/** One type of volumes: what it means, what it asks of back ends, and who may use it. */
export function VolumeTypePage({ id }: { id: string }) {
  const trpc = useTRPC()
  const { data, error, refetch } = useQuery(trpc.volume.types.show.queryOptions({ id }))
  return (
    <ResourcePage
      list={{ href: paths.admin.volumeTypes(), label: 'Volume types' }}
      noun="volume type"
      row={data}
      gone={useGone(id)}
      error={error ? readError(error) : null}
      onRetry={() => void refetch()}
    >
      {(type) => <Loaded type={type} />}
    </ResourcePage>
  )
}

function Loaded({ type }: { type: VolumeTypeRow }) {
  const trpc = useTRPC()
  const panel = usePanel()
  const preset = useQuery(trpc.volume.types.showDefault.queryOptions({}, { retry: false })).data?.id
  const actions = useTypeActions(preset)(type)
  return (
    <>
      <ResourceHeader
        name={type.name}
        mark={
          <>
            <Badge tone={type.isPublic ? 'accent' : 'neutral'}>{type.isPublic ? 'public' : 'private'}</Badge>
            {type.id === preset && <Badge tone="accent">default</Badge>}
            {type.encryption && <Badge tone="ok">encrypted</Badge>}
          </>
        }
      >
        <Button onClick={() => panel.open('volume-type-edit', type.id)}>
          <Pencil aria-hidden="true" /> Edit
        </Button>
        <ActionMenu name={type.name} id={type.id} actions={actions} size="header" />
      </ResourceHeader>
      <Strip
        facts={[
          ['Description', type.description || 'none'],
          ['Kept on', type.extraSpecs.volume_backend_name ?? 'any back end'],
          ['Limits', type.qosSpecName ?? 'none'],
          ['ID', <Copyable key="id" value={type.id} what="ID" display={shortId(type.id)} />],
        ]}
      />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <Card title="Type">
          <Facts
            items={[
              {
                label: 'Encryption',
                wide: true,
                value: type.encryption
                  ? `LUKS, ${type.encryption.cipher}, a key of ${type.encryption.keySize} bits a volume`
                  : 'none: volumes are stored as they are',
              },
              { label: 'Created', value: formatMoment(type.createdAt) },
              { label: 'Changed', value: formatMoment(type.updatedAt) },
            ]}
          />
          <LinkButton href={paths.volumes({ type: type.id })} size="sm" className="mt-4">
            Volumes of this type <ArrowRight aria-hidden="true" />
          </LinkButton>
        </Card>
        <TypeAccessCard type={type} />
        <TypeSpecsCard type={type} />
      </div>
    </>
  )
}
