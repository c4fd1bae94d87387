'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Group, Plus } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { EmptyCall } from '#features/forms/api-call.tsx'
import { type Column, NameCell } from '#features/list/data-table.tsx'
import { ListCard } from '#features/list/list-card.tsx'
import { useListState } from '#features/list/use-list-state.ts'
import { usePanel } from '#features/panels/use-panel.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Badge } from '#ui/badge.tsx'
import { Button } from '#ui/button.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { Age } from '#ui/time.tsx'
import { type AggregateRow, someNames } from './row.ts'
import { useAggregateActions } from './use-aggregate-actions.tsx'

const none = <span className="text-subtle">none</span>

const columns: readonly Column<AggregateRow, 'name'>[] = [
  {
    key: 'name',
    header: 'Name',
    sort: 'name',
    cell: (row) => (
      <NameCell below={<Copyable value={row.id} what="ID" display={shortId(row.id)} />}>
        <Link href={paths.admin.aggregate(row.id)} className="rounded hover:underline">
          {row.name}
        </Link>
      </NameCell>
    ),
  },
  {
    key: 'zone',
    header: 'Zone',
    cell: (row) => (row.zone === null ? none : <Badge tone="accent">{row.zone}</Badge>),
  },
  {
    key: 'hosts',
    header: 'Hosts',
    from: 'sm',
    cell: (row) => someNames(row.hostNames) || none,
  },
  {
    key: 'metadata',
    header: 'Metadata',
    from: 'md',
    cell: (row) => (
      <span className="block max-w-72 truncate text-muted">
        {someNames(
          Object.entries(row.metadata).map(([key, value]) => `${key}=${value}`),
          2,
        ) || none}
      </span>
    ),
  },
  {
    key: 'updatedAt',
    header: 'Changed',
    align: 'right',
    from: 'lg',
    cell: (row) => <Age at={row.updatedAt} className="text-muted" />,
  },
]

/** Groups of hosts that administrators make, for zones and for what the scheduler is to prefer or keep apart. */
export function AggregatesPage() {
  const trpc = useTRPC()
  const panel = usePanel()
  const router = useRouter()
  const actionsOf = useAggregateActions()
  const list = useListState({ filters: [], sorts: ['name'], defaultSort: { by: 'name', dir: 'asc' } })
  const query = useQuery(
    trpc.compute.aggregates.list.queryOptions(
      {
        limit: 50,
        cursor: list.cursor ?? undefined,
        sort: list.sort,
        ...(list.search && { search: list.search }),
      },
      { placeholderData: keepPreviousData },
    ),
  )
  const create = (
    <Button variant="primary" onClick={() => panel.open('aggregate-new')}>
      <Plus aria-hidden="true" /> Create aggregate
    </Button>
  )
  return (
    <>
      <PageHeader
        title="Host aggregates"
        description="Groups of hosts: what their metadata say decides which instances go there."
        actions={create}
      />
      <ListCard<AggregateRow, 'name', never>
        label="Host aggregates"
        icon={Group}
        list={list}
        query={query}
        columns={columns}
        nameOf={(row) => row.name}
        searchLabel="Search name"
        onOpen={(row) => router.push(paths.admin.aggregate(row.id))}
        menu={(row) => <ActionMenu name={row.name} id={row.id} actions={actionsOf(row)} />}
        empty={
          <>
            <EmptyState icon={Group} title="No host aggregates yet" action={create}>
              Put the hosts with SSDs into one, and only flavors that ask for SSDs go there; or make one an
              availability zone, so that people can keep instances in different rooms.
            </EmptyState>
            <EmptyCall
              verb="compute.aggregates.create"
              input={{ name: 'fast-disks', metadata: { ssd: 'true' } }}
            />
          </>
        }
      />
    </>
  )
}
