'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { ArrowRightLeft } from 'lucide-react'
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
import { Age, Elapsed } from '#ui/time.tsx'
import { MigrationPath, MigrationProgress, MigrationState } from './migration-bits.tsx'
import { isMoving, kindFilters, type MigrationRow, migrationKind, stateFilters } from './row.ts'
import { useMigrationActions } from './use-migration-actions.tsx'

type Filter = 'state' | 'kind' | 'host'

const columns: readonly Column<MigrationRow, 'createdAt'>[] = [
  {
    key: 'instance',
    header: 'Instance',
    cell: (row) => (
      <NameCell below={migrationKind(row.kind)}>
        <Link href={paths.instance(row.instanceId)} className="rounded hover:underline">
          {row.instanceName}
        </Link>
      </NameCell>
    ),
  },
  {
    key: 'path',
    header: 'From and to',
    from: 'sm',
    cell: (row) => <MigrationPath migration={row} />,
  },
  { key: 'state', header: 'State', cell: (row) => <MigrationState migration={row} /> },
  { key: 'progress', header: 'Progress', from: 'md', cell: (row) => <Outcome migration={row} /> },
  {
    key: 'took',
    header: 'Took',
    align: 'right',
    from: 'lg',
    cell: (row) => row.endedAt && <Elapsed from={row.createdAt} to={row.endedAt} />,
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

/** How far it is, or what came of it. */
function Outcome({ migration }: { migration: MigrationRow }) {
  if (isMoving(migration))
    return (
      <div className="w-40">
        <MigrationProgress migration={migration} />
      </div>
    )
  if (migration.errorMessage)
    return (
      <span className="block max-w-72 truncate text-xs text-bad-text" title={migration.errorMessage}>
        {migration.errorMessage}
      </span>
    )
  const { oldFlavor, newFlavor, downtimeMs } = migration
  return (
    <span className="text-xs text-muted">
      {oldFlavor && newFlavor && `${oldFlavor.flavorName} to ${newFlavor.flavorName}`}
      {downtimeMs !== null && `the guest stood still for ${downtimeMs} ms`}
    </span>
  )
}

/** Every move of an instance in the cloud, the newest first, with its progress while it is under way. */
export function MigrationsPage() {
  const trpc = useTRPC()
  const router = useRouter()
  const actionsOf = useMigrationActions()
  const list = useListState<Filter, 'createdAt'>({
    filters: ['state', 'kind', 'host'],
    sorts: ['createdAt'],
    defaultSort: { by: 'createdAt', dir: 'desc' },
  })
  const state = stateFilters.find(({ value }) => value === list.filters.state)?.value
  const kind = kindFilters.find(({ value }) => value === list.filters.kind)?.value
  const { host } = list.filters
  const query = useQuery(
    trpc.compute.migrations.list.queryOptions(
      {
        limit: 50,
        cursor: list.cursor ?? undefined,
        sort: list.sort,
        ...(state === 'open' ? { open: true } : state && { status: state }),
        ...(kind && { kind }),
        ...(host && { host }),
      },
      { placeholderData: keepPreviousData },
    ),
  )
  const hosts = useQuery(trpc.compute.hosts.list.queryOptions({ limit: 200 }))
  return (
    <>
      <PageHeader
        title="Migrations"
        description="Every move of an instance to another host or flavor, and how far it is."
      />
      <ListCard<MigrationRow, 'createdAt', Filter>
        label="Migrations"
        icon={ArrowRightLeft}
        list={list}
        query={query}
        columns={columns}
        nameOf={(row) => row.instanceName}
        filters={
          <>
            <FilterSelect
              label="State"
              all="All states"
              value={state ?? null}
              options={stateFilters}
              onChange={(value) => list.setFilter('state', value)}
            />
            <FilterSelect
              label="Kind"
              all="Every kind"
              value={kind ?? null}
              options={kindFilters}
              onChange={(value) => list.setFilter('kind', value)}
            />
            <FilterSelect
              label="Host"
              all="Every host"
              value={host}
              options={(hosts.data?.items ?? []).map(({ name }) => ({ value: name, label: name }))}
              onChange={(value) => list.setFilter('host', value)}
            />
          </>
        }
        onOpen={(row) => router.push(paths.operation(row.operationId))}
        menu={(row) => <ActionMenu name={row.instanceName} id={row.id} actions={actionsOf(row)} />}
        empty={
          <EmptyState icon={ArrowRightLeft} title="Nothing was moved yet">
            Resize or migrate an instance from its menu; how far it is appears here.
          </EmptyState>
        }
      />
    </>
  )
}
