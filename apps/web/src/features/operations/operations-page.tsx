'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Activity } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { type Column, NameCell } from '#features/list/data-table.tsx'
import { FilterSelect, ListCard } from '#features/list/list-card.tsx'
import { useListState } from '#features/list/use-list-state.ts'
import { useSession } from '#features/session/use-session.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { EmptyState } from '#ui/empty-state.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { Age, Elapsed } from '#ui/time.tsx'
import { OperationProgress, OperationState, ResourceLink } from './operation-bits.tsx'
import { isActive, kindFilters, type OperationRow, operationTitle } from './row.ts'

const statuses = [
  { value: 'running', label: 'Running' },
  { value: 'queued', label: 'Queued' },
  { value: 'undoing', label: 'Undoing' },
  { value: 'failed', label: 'Failed' },
  { value: 'succeeded', label: 'Done' },
  { value: 'cancelled', label: 'Cancelled' },
] as const

const columns: readonly Column<OperationRow, 'createdAt'>[] = [
  {
    key: 'what',
    header: 'Operation',
    cell: (row) => (
      <NameCell below={row.userName}>
        <Link href={paths.operation(row.id)} className="rounded hover:underline">
          {operationTitle(row.kind)}
        </Link>
      </NameCell>
    ),
  },
  {
    key: 'resource',
    header: 'On',
    cell: (row) => (
      <span className="flex max-w-56 text-muted">
        <ResourceLink operation={row} />
      </span>
    ),
  },
  { key: 'status', header: 'State', cell: (row) => <OperationState operation={row} /> },
  {
    key: 'progress',
    header: 'Progress',
    from: 'md',
    cell: (row) =>
      isActive(row) ? (
        <div className="w-40">
          <OperationProgress operation={row} />
        </div>
      ) : (
        <span className="block max-w-72 truncate text-xs text-bad-text">{row.errorMessage}</span>
      ),
  },
  {
    key: 'took',
    header: 'Took',
    align: 'right',
    from: 'lg',
    cell: (row) => row.endedAt && <Elapsed from={row.startedAt ?? row.createdAt} to={row.endedAt} />,
  },
  {
    key: 'createdAt',
    header: 'Begun',
    sort: 'createdAt',
    align: 'right',
    from: 'sm',
    cell: (row) => <Age at={row.createdAt} className="text-muted" />,
  },
]

/** All operations of the project, newest first; of every project for an administrator who wants them. */
export function OperationsPage() {
  const trpc = useTRPC()
  const router = useRouter()
  const { isAdmin } = useSession()
  const list = useListState({
    filters: ['status', 'kind', 'scope'],
    sorts: ['createdAt'],
    defaultSort: { by: 'createdAt', dir: 'desc' },
  })
  const status = statuses.find(({ value }) => value === list.filters.status)?.value
  const { kind, scope } = list.filters
  const all = isAdmin && scope === 'all'
  const query = useQuery(
    trpc.operation.operations.list.queryOptions(
      {
        limit: 50,
        cursor: list.cursor ?? undefined,
        sort: list.sort,
        ...(list.search && { search: list.search }),
        ...(status && { status }),
        ...(kind && { kind }),
        ...(all && { allProjects: true }),
      },
      { placeholderData: keepPreviousData },
    ),
  )
  return (
    <>
      <PageHeader
        title="Operations"
        description={`Everything the cloud did or is doing in ${all ? 'every project' : 'this project'}.`}
      />
      <ListCard<OperationRow, 'createdAt', 'status' | 'kind' | 'scope'>
        label="Operations"
        icon={Activity}
        list={list}
        query={query}
        columns={columns}
        nameOf={(row) => operationTitle(row.kind)}
        searchLabel="Search name, ID or request"
        filters={
          <>
            <FilterSelect
              label="State"
              all="All states"
              value={status ?? null}
              options={statuses}
              onChange={(value) => list.setFilter('status', value)}
            />
            <FilterSelect
              label="Kind"
              all="Every kind"
              value={kind}
              options={kindFilters}
              onChange={(value) => list.setFilter('kind', value)}
            />
            {isAdmin && (
              <FilterSelect
                label="Project"
                all="This project"
                value={scope}
                options={[{ value: 'all', label: 'Every project' }]}
                onChange={(value) => list.setFilter('scope', value)}
              />
            )}
          </>
        }
        onOpen={(row) => router.push(paths.operation(row.id))}
        empty={
          <EmptyState icon={Activity} title="Nothing happened yet">
            Every change that takes time becomes an operation with steps, durations and, if it fails, the
            reason.
          </EmptyState>
        }
      />
    </>
  )
}
