'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Network, Plus } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { EmptyCall } from '#features/forms/api-call.tsx'
import { type Column, NameCell } from '#features/list/data-table.tsx'
import { FilterSelect, ListCard } from '#features/list/list-card.tsx'
import { useListState } from '#features/list/use-list-state.ts'
import { useWhyReadOnly } from '#features/session/use-session.ts'
import { TagChips } from '#features/tags/tag-chips.tsx'
import { TagFilter } from '#features/tags/tag-filter.tsx'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { LinkButton } from '#ui/link-button.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { StateCell } from '#ui/state-cell.tsx'
import { Age } from '#ui/time.tsx'
import { AddressUse } from './address-use.tsx'
import { NetworkMarks } from './network-marks.tsx'
import { type NetworkRow, networkLook } from './row.ts'
import { useNetworkActions } from './use-network-actions.tsx'

type Sort = 'name' | 'createdAt'

const columns: readonly Column<NetworkRow, Sort>[] = [
  {
    key: 'name',
    header: 'Name',
    sort: 'name',
    cell: (row) => (
      <NameCell below={<Copyable value={row.id} what="ID" display={shortId(row.id)} />}>
        <span className="inline-flex max-w-full items-center gap-1.5">
          <Link href={paths.network(row.id)} className="truncate rounded hover:underline">
            {row.name}
          </Link>
          <NetworkMarks network={row} />
          <TagChips tags={row.tags} />
        </span>
      </NameCell>
    ),
  },
  { key: 'state', header: 'State', cell: (row) => <StateCell {...networkLook(row)} /> },
  { key: 'subnets', header: 'Subnets', from: 'sm', cell: (row) => <Subnets row={row} /> },
  {
    key: 'addresses',
    header: 'Addresses',
    from: 'md',
    cell: (row) =>
      row.subnets.length > 0 ? (
        <AddressUse name={row.name} subnets={row.subnets} />
      ) : (
        <span className="text-subtle">–</span>
      ),
  },
  { key: 'ports', header: 'Ports', align: 'right', from: 'md', cell: (row) => row.portCount },
  {
    key: 'mtu',
    header: 'MTU',
    align: 'right',
    from: 'xl',
    cell: (row) => <span className="text-muted">{row.mtu}</span>,
  },
  {
    key: 'createdAt',
    header: 'Created',
    sort: 'createdAt',
    align: 'right',
    from: 'lg',
    cell: (row) => <Age at={row.createdAt} className="text-muted" />,
  },
]

function Subnets({ row }: { row: NetworkRow }) {
  const [first, ...more] = row.subnets
  if (!first) return <span className="text-warn-text">none</span>
  return (
    <span className="inline-flex items-center gap-1.5">
      <Copyable value={first.cidr} what="range" />
      {more.length > 0 && (
        <span className="text-xs text-subtle" title={more.map(({ cidr }) => cidr).join(', ')}>
          +{more.length}
        </span>
      )}
    </span>
  )
}

/** The networks of the project, the shared and the external ones, with how full they are. */
export function NetworksPage() {
  const trpc = useTRPC()
  const router = useRouter()
  const readOnly = useWhyReadOnly()
  const actionsOf = useNetworkActions()
  const list = useListState({
    filters: ['kind', 'tag'],
    sorts: ['name', 'createdAt'],
    defaultSort: { by: 'createdAt', dir: 'desc' },
  })
  const kind = (['own', 'shared', 'external'] as const).find((value) => value === list.filters.kind)
  const query = useQuery(
    trpc.network.networks.list.queryOptions(
      {
        limit: 50,
        cursor: list.cursor ?? undefined,
        sort: list.sort,
        ...(list.search && { search: list.search }),
        ...(list.filters.tag && { tags: [list.filters.tag] }),
        ...(kind === 'own' && { own: true }),
        ...(kind === 'shared' && { shared: true }),
        ...(kind === 'external' && { external: true }),
      },
      { placeholderData: keepPreviousData },
    ),
  )
  const create = (
    <LinkButton href={paths.networkNew()} variant="primary" reason={readOnly}>
      <Plus aria-hidden="true" /> Create network
    </LinkButton>
  )
  return (
    <>
      <PageHeader
        title="Networks"
        description="Where instances get their addresses and reach each other."
        actions={create}
      />
      <ListCard<NetworkRow, Sort, 'kind' | 'tag'>
        label="Networks"
        icon={Network}
        list={list}
        query={query}
        columns={columns}
        nameOf={(row) => row.name}
        searchLabel="Search name or ID"
        filters={
          <>
            <FilterSelect
              label="Kind"
              all="All kinds"
              value={kind ?? null}
              options={[
                { value: 'own', label: 'Own' },
                { value: 'shared', label: 'Shared' },
                { value: 'external', label: 'External' },
              ]}
              onChange={(value) => list.setFilter('kind', value)}
            />
            <TagFilter
              kind="network"
              value={list.filters.tag}
              onChange={(tag) => list.setFilter('tag', tag)}
            />
          </>
        }
        onOpen={(row) => router.push(paths.network(row.id))}
        menu={(row) => <ActionMenu name={row.name} id={row.id} actions={actionsOf(row)} />}
        empty={
          <>
            <EmptyState icon={Network} title="No networks yet" action={create}>
              A network connects instances. Its subnet is the range of addresses that they get by DHCP.
            </EmptyState>
            <EmptyCall
              verb="network.networks.create"
              input={{ name: 'lan', subnet: { cidr: '10.0.0.0/24' } }}
            />
          </>
        }
      />
    </>
  )
}
