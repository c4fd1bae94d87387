'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Activity } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { type Column, DataTable, NameCell } from '#features/list/data-table.tsx'
import { Pager } from '#features/list/pager.tsx'
import { useListState } from '#features/list/use-list-state.ts'
import { paths } from '#paths.ts'
import { type RouterInputs, useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { Select } from '#ui/select.tsx'
import { Age, Elapsed } from '#ui/time.tsx'
import { OperationProgress, OperationState, ResourceLink } from './operation-bits.tsx'
import { isActive, type OperationRow, operationTitle } from './row.ts'

const statuses = [
  { value: 'any', label: 'All' },
  { value: 'running', label: 'Running' },
  { value: 'queued', label: 'Queued' },
  { value: 'failed', label: 'Failed' },
  { value: 'succeeded', label: 'Done' },
  { value: 'cancelled', label: 'Cancelled' },
] as const
type StatusInput = NonNullable<RouterInputs['operation']['operations']['list']>['status']

const columns: readonly Column<OperationRow>[] = [
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
    align: 'right',
    from: 'sm',
    cell: (row) => <Age at={row.createdAt} className="text-muted" />,
  },
]

/** All operations of the project, newest first. */
export function OperationsPage() {
  const trpc = useTRPC()
  const router = useRouter()
  const list = useListState({
    filters: ['status'],
    sorts: ['createdAt'],
    defaultSort: { by: 'createdAt', dir: 'desc' },
  })
  const status = statuses.find(({ value }) => value === list.filters.status)?.value ?? 'any'
  const { data, error, refetch } = useQuery(
    trpc.operation.operations.list.queryOptions(
      {
        limit: 50,
        cursor: list.cursor ?? undefined,
        ...(status !== 'any' && { status: status as StatusInput }),
      },
      { placeholderData: keepPreviousData },
    ),
  )
  return (
    <>
      <PageHeader title="Operations" description="Everything the cloud did or is doing in this project." />
      <Card flush>
        <div className="flex items-center gap-2 border-b border-line px-4 py-2.5">
          <Select
            aria-label="State"
            size="sm"
            className="w-36"
            value={status}
            options={statuses}
            onChange={(value) => list.setFilter('status', value === 'any' ? null : value)}
          />
        </div>
        {error ? (
          <div className="p-4">
            <ErrorPanel error={readError(error)} onRetry={() => void refetch()} />
          </div>
        ) : (
          <DataTable
            label="Operations"
            columns={columns}
            rows={data?.items}
            nameOf={(row) => operationTitle(row.kind)}
            onOpen={(row) => router.push(paths.operation(row.id))}
            empty={
              list.narrowed ? (
                <EmptyState
                  icon={Activity}
                  title="No operation matches"
                  action={<Button onClick={list.clear}>Clear filters</Button>}
                >
                  There are operations in this project, but none in this state.
                </EmptyState>
              ) : (
                <EmptyState icon={Activity} title="Nothing happened yet">
                  Every change that takes time becomes an operation with steps, durations and, if it fails,
                  the reason.
                </EmptyState>
              )
            }
          />
        )}
        <Pager
          previous={list.previous}
          nextCursor={data?.nextCursor}
          onNext={list.next}
          shown={data?.items.length ?? 0}
        />
      </Card>
    </>
  )
}
