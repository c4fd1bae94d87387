'use client'
import { useQuery } from '@tanstack/react-query'
import { Pencil } from 'lucide-react'
import { useGone } from '#features/live/live-provider.tsx'
import { usePanel } from '#features/panels/use-panel.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Badge } from '#ui/badge.tsx'
import { Button } from '#ui/button.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { ResourceHeader, ResourcePage } from '#ui/resource-page.tsx'
import { Strip } from '#ui/strip.tsx'
import { Age } from '#ui/time.tsx'
import { AggregateHostsCard } from './aggregate-hosts-card.tsx'
import { AggregateMetadataCard } from './aggregate-metadata-card.tsx'
import type { AggregateRow } from './row.ts'
import { useAggregateActions } from './use-aggregate-actions.tsx'

/** One aggregate: its zone, its hosts, and what the scheduler reads of it. */
export function AggregatePage({ id }: { id: string }) {
  const trpc = useTRPC()
  const { data, error, refetch } = useQuery(trpc.compute.aggregates.show.queryOptions({ id }))
  return (
    <ResourcePage
      list={{ href: paths.admin.aggregates(), label: 'Host aggregates' }}
      noun="aggregate"
      row={data}
      gone={useGone(id)}
      error={error ? readError(error) : null}
      onRetry={() => void refetch()}
    >
      {(aggregate) => <Loaded aggregate={aggregate} />}
    </ResourcePage>
  )
}

function Loaded({ aggregate }: { aggregate: AggregateRow }) {
  const actions = useAggregateActions()(aggregate)
  const panel = usePanel()
  return (
    <>
      <ResourceHeader
        name={aggregate.name}
        mark={aggregate.zone !== null && <Badge tone="accent">zone {aggregate.zone}</Badge>}
      >
        <Button onClick={() => panel.open('aggregate-edit', aggregate.id)}>
          <Pencil aria-hidden="true" /> Edit
        </Button>
        <ActionMenu name={aggregate.name} id={aggregate.id} actions={actions} size="header" />
      </ResourceHeader>
      <Strip
        facts={[
          ['Availability zone', aggregate.zone ?? 'none'],
          ['Hosts', aggregate.hostIds.length],
          ['Changed', <Age key="changed" at={aggregate.updatedAt} />],
          ['ID', <Copyable key="id" value={aggregate.id} what="ID" display={shortId(aggregate.id)} />],
        ]}
      />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <AggregateHostsCard aggregate={aggregate} />
        <AggregateMetadataCard aggregate={aggregate} />
      </div>
    </>
  )
}
