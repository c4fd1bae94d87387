'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Database } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { type Column, NameCell } from '#features/list/data-table.tsx'
import { FilterSelect, ListCard } from '#features/list/list-card.tsx'
import { useListState } from '#features/list/use-list-state.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { BackendState, DiskUse, PromisedUse } from './backend-bits.tsx'
import { type BackendRow, driverFilters } from './row.ts'
import { useBackendActions } from './use-backend-actions.tsx'

const columns: readonly Column<BackendRow, 'name'>[] = [
  {
    key: 'name',
    header: 'Back end',
    sort: 'name',
    cell: (row) => (
      <NameCell below={`zone ${row.zone}`}>
        <Link href={paths.admin.volumeBackend(row.id)} className="rounded hover:underline">
          {row.name}
        </Link>
      </NameCell>
    ),
  },
  { key: 'state', header: 'State', cell: (row) => <BackendState row={row} /> },
  {
    key: 'driver',
    header: 'Kind',
    from: 'md',
    cell: (row) => <span className="text-muted">{row.driver}</span>,
  },
  { key: 'promised', header: 'Promised to volumes', from: 'sm', cell: (row) => <PromisedUse row={row} /> },
  { key: 'disk', header: 'Disk in use', from: 'md', cell: (row) => <DiskUse row={row} /> },
  { key: 'volumes', header: 'Volumes', align: 'right', from: 'sm', cell: (row) => row.volumeCount },
]

/** The places that volumes are kept in, with their room. */
export function BackendsPage() {
  const trpc = useTRPC()
  const router = useRouter()
  const actionsOf = useBackendActions()
  const list = useListState({
    filters: ['driver'],
    sorts: ['name'],
    defaultSort: { by: 'name', dir: 'asc' },
  })
  const driver = driverFilters.find(({ value }) => value === list.filters.driver)?.value
  const query = useQuery(
    trpc.volume.backends.list.queryOptions(
      { limit: 50, cursor: list.cursor ?? undefined, dir: list.sort.dir, ...(driver && { driver }) },
      { placeholderData: keepPreviousData },
    ),
  )
  return (
    <>
      <PageHeader
        title="Storage back ends"
        description="Where the hosts keep volumes, how much room there is, and what each can do."
      />
      <ListCard<BackendRow, 'name', 'driver'>
        label="Storage back ends"
        icon={Database}
        list={list}
        query={query}
        columns={columns}
        nameOf={(row) => row.name}
        filters={
          <FilterSelect
            label="Kind"
            all="All kinds"
            value={driver ?? null}
            options={driverFilters}
            onChange={(value) => list.setFilter('driver', value)}
          />
        }
        onOpen={(row) => router.push(paths.admin.volumeBackend(row.id))}
        menu={(row) => <ActionMenu name={row.name} id={row.id} actions={actionsOf(row)} />}
        empty={
          <EmptyState icon={Database} title="No host keeps volumes">
            The setting volume_backends says what a host offers; ./nephos doctor says what would work on it.
          </EmptyState>
        }
      />
    </>
  )
}
