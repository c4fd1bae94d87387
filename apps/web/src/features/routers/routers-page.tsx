'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Plus, Waypoints } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { EmptyCall } from '#features/forms/api-call.tsx'
import { type Column, NameCell } from '#features/list/data-table.tsx'
import { FilterSelect, ListCard } from '#features/list/list-card.tsx'
import { useListState } from '#features/list/use-list-state.ts'
import { usePanel } from '#features/panels/use-panel.ts'
import { useSession, useWhyReadOnly } from '#features/session/use-session.ts'
import { TagChips } from '#features/tags/tag-chips.tsx'
import { TagFilter } from '#features/tags/tag-filter.tsx'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Button } from '#ui/button.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { StateCell } from '#ui/state-cell.tsx'
import { Age } from '#ui/time.tsx'
import { type RouterRow, routerLook, routerName } from './row.ts'
import { useRouterActions } from './use-router-actions.tsx'

type Sort = 'name' | 'createdAt'

const columnsFor = (isAdmin: boolean): readonly Column<RouterRow, Sort>[] => [
  {
    key: 'name',
    header: 'Name',
    sort: 'name',
    cell: (row) => (
      <NameCell below={<Copyable value={row.id} what="ID" display={shortId(row.id)} />}>
        <span className="inline-flex max-w-full items-center gap-1.5">
          <Link href={paths.router(row.id)} className="truncate rounded hover:underline">
            {routerName(row)}
          </Link>
          <TagChips tags={row.tags} />
        </span>
      </NameCell>
    ),
  },
  { key: 'state', header: 'State', cell: (row) => <StateCell {...routerLook(row)} /> },
  { key: 'gateway', header: 'Gateway', from: 'sm', cell: (row) => <Gateway row={row} /> },
  { key: 'networks', header: 'Networks', from: 'md', cell: (row) => <Networks row={row} /> },
  ...(isAdmin
    ? [
        {
          key: 'host',
          header: 'Host',
          from: 'lg' as const,
          cell: (row: RouterRow) => <span className="text-muted">{row.hostName ?? '–'}</span>,
        },
      ]
    : []),
  {
    key: 'createdAt',
    header: 'Created',
    sort: 'createdAt',
    align: 'right',
    from: 'lg',
    cell: (row) => <Age at={row.createdAt} className="text-muted" />,
  },
]

function Gateway({ row }: { row: RouterRow }) {
  if (!row.gateway) return <span className="text-subtle">none</span>
  const [address] = row.gateway.fixedIps
  return (
    <span className="inline-flex items-center gap-1.5">
      {row.gateway.networkName}
      {address && <Copyable value={address.ipAddress} what="address" className="text-muted" />}
    </span>
  )
}

function Networks({ row }: { row: RouterRow }) {
  const names = [...new Set(row.interfaces.map(({ networkName }) => networkName))]
  if (names.length === 0) return <span className="text-warn-text">none</span>
  return (
    <span className="block max-w-64 truncate" title={names.join(', ')}>
      {names.join(', ')}
    </span>
  )
}

/** The routers of the project: what each of them joins, and where it leads. */
export function RoutersPage() {
  const trpc = useTRPC()
  const router = useRouter()
  const { isAdmin } = useSession()
  const readOnly = useWhyReadOnly()
  const panel = usePanel()
  const actionsOf = useRouterActions()
  const list = useListState({
    filters: ['state', 'tag'],
    sorts: ['name', 'createdAt'],
    defaultSort: { by: 'createdAt', dir: 'desc' },
  })
  const status = (['ACTIVE', 'ALLOCATING', 'DOWN', 'ERROR'] as const).find(
    (value) => value === list.filters.state,
  )
  const query = useQuery(
    trpc.network.routers.list.queryOptions(
      {
        limit: 50,
        cursor: list.cursor ?? undefined,
        sort: list.sort,
        ...(list.search && { search: list.search }),
        ...(list.filters.tag && { tags: [list.filters.tag] }),
        ...(status && { status }),
      },
      { placeholderData: keepPreviousData },
    ),
  )
  const create = (
    <Button variant="primary" reason={readOnly} onClick={() => panel.open('router-new')}>
      <Plus aria-hidden="true" /> Create router
    </Button>
  )
  return (
    <>
      <PageHeader
        title="Routers"
        description="What joins networks to each other and leads them to the outside."
        actions={create}
      />
      <ListCard<RouterRow, Sort, 'state' | 'tag'>
        label="Routers"
        icon={Waypoints}
        list={list}
        query={query}
        columns={columnsFor(isAdmin)}
        nameOf={routerName}
        searchLabel="Search name or ID"
        filters={
          <>
            <FilterSelect
              label="State"
              all="All states"
              value={status ?? null}
              options={[
                { value: 'ACTIVE', label: 'Active' },
                { value: 'ALLOCATING', label: 'Looking for a host' },
                { value: 'DOWN', label: 'Switched off' },
                { value: 'ERROR', label: 'Error' },
              ]}
              onChange={(value) => list.setFilter('state', value)}
            />
            <TagFilter
              kind="router"
              value={list.filters.tag}
              onChange={(tag) => list.setFilter('tag', tag)}
            />
          </>
        }
        onOpen={(row) => router.push(paths.router(row.id))}
        menu={(row) => <ActionMenu name={routerName(row)} id={row.id} actions={actionsOf(row)} />}
        empty={
          <>
            <EmptyState icon={Waypoints} title="No routers yet" action={create}>
              A router is the gateway of the subnets that it joins. With a gateway of its own on an external
              network it leads instances to the outside, and floating IPs to instances.
            </EmptyState>
            <EmptyCall verb="network.routers.create" input={{ name: 'edge' }} />
          </>
        }
      />
    </>
  )
}
