'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Boxes, Plus } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { useCallback } from 'react'
import { type Column, DataTable, NameCell } from '#features/list/data-table.tsx'
import { Pager } from '#features/list/pager.tsx'
import { SearchBox } from '#features/list/search-box.tsx'
import { useListState } from '#features/list/use-list-state.ts'
import { useSelection } from '#features/list/use-selection.ts'
import { type Sparks, useInstanceSparks } from '#features/metrics/use-sparks.ts'
import { useSession, useWhyReadOnly } from '#features/session/use-session.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { Sparkline } from '#ui/plot/sparkline.tsx'
import { Select } from '#ui/select.tsx'
import { Age } from '#ui/time.tsx'
import { Mib } from '#ui/value-unit.tsx'
import { BulkBar } from './bulk-bar.tsx'
import { InstanceState } from './instance-state.tsx'
import { type InstanceRow, statusFilters } from './row.ts'
import { TagFilter } from './tag-filter.tsx'
import { useInstanceActions } from './use-instance-actions.tsx'

type Sort = 'name' | 'createdAt'

const columnsFor = (isAdmin: boolean, sparks: Sparks): readonly Column<InstanceRow, Sort>[] => [
  {
    key: 'name',
    header: 'Name',
    sort: 'name',
    cell: (row) => (
      <NameCell narrow below={<Copyable value={row.id} what="ID" display={shortId(row.id)} />}>
        <Link href={paths.instance(row.id)} className="rounded hover:underline">
          {row.name}
        </Link>
      </NameCell>
    ),
  },
  { key: 'state', header: 'State', cell: (row) => <InstanceState row={row} /> },
  {
    key: 'address',
    header: 'Address',
    from: 'sm',
    cell: (row) => <Addresses row={row} />,
  },
  {
    key: 'cpu',
    header: 'CPU',
    from: 'md',
    cell: (row) => <Sparkline label={`CPU of ${row.name}`} values={sparks[row.id]?.cpu ?? []} />,
  },
  {
    key: 'flavor',
    header: 'Flavor',
    from: 'md',
    cell: (row) => (
      <span className="block max-w-40 2xl:max-w-56">
        <span className="block truncate">{row.flavorName}</span>
        <span className="block truncate text-xs text-subtle">
          {row.vcpus} vCPU, <Mib value={row.ramMib} />
        </span>
      </span>
    ),
  },
  {
    key: 'image',
    header: 'Image',
    from: 'lg',
    cell: (row) => <span className="block max-w-44 truncate text-muted">{row.imageName}</span>,
  },
  ...(isAdmin
    ? [
        {
          key: 'host',
          header: 'Host',
          from: 'xl' as const,
          cell: (row: InstanceRow) => <span className="text-muted">{row.hostName ?? '–'}</span>,
        },
      ]
    : []),
  {
    key: 'createdAt',
    header: 'Created',
    sort: 'createdAt',
    align: 'right',
    from: 'sm',
    cell: (row) => <Age at={row.createdAt} className="text-muted" />,
  },
]

function Addresses({ row }: { row: InstanceRow }) {
  const [first, ...more] = row.addresses
  const floating = row.addresses.flatMap(({ floatingIps }) => floatingIps)
  if (!first) return <span className="text-subtle">–</span>
  return (
    <span className="inline-flex items-center gap-1.5">
      {floating[0] && <Copyable value={floating[0]} what="floating IP" className="font-medium" />}
      <Copyable value={first.ip} what="address" className={floating[0] && 'text-muted'} />
      {more.length > 0 && (
        <span className="text-xs text-subtle" title={more.map(({ ip }) => ip).join(', ')}>
          +{more.length}
        </span>
      )}
    </span>
  )
}

/** The instances of the project: live, with everything that narrows them in the URL. */
export function InstancesPage() {
  const trpc = useTRPC()
  const router = useRouter()
  const { isAdmin } = useSession()
  const readOnly = useWhyReadOnly()
  const actionsOf = useInstanceActions()
  const list = useListState({
    filters: ['status', 'image', 'host', 'tag'],
    sorts: ['name', 'createdAt'],
    defaultSort: { by: 'createdAt', dir: 'desc' },
  })
  const status = statusFilters.find(({ value }) => value === list.filters.status)?.value
  const input = {
    limit: 50,
    cursor: list.cursor ?? undefined,
    sort: list.sort,
    ...(list.search && { search: list.search }),
    ...(status && { status }),
    ...(list.filters.image && { imageId: list.filters.image }),
    ...(list.filters.host && { hostId: list.filters.host }),
    ...(list.filters.tag && { tags: [list.filters.tag] }),
  }
  const { data, error, refetch, isPlaceholderData } = useQuery(
    trpc.compute.instances.list.queryOptions(input, { placeholderData: keepPreviousData }),
  )
  const sparks = useInstanceSparks(data?.items)
  const selection = useSelection(data?.items, JSON.stringify(input))
  const { setSearch } = list
  const onSearch = useCallback((text: string) => setSearch(text), [])
  const create = (
    <Button asChild={!readOnly} variant="primary" reason={readOnly}>
      {readOnly ? (
        <>
          <Plus aria-hidden="true" /> Create instance
        </>
      ) : (
        <Link href={paths.instanceNew()}>
          <Plus aria-hidden="true" /> Create instance
        </Link>
      )}
    </Button>
  )

  return (
    <>
      <PageHeader title="Instances" description="Virtual machines of this project." actions={create} />
      <Card flush>
        <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2.5">
          <SearchBox label="Search name, ID or address" value={list.search} onChange={onSearch} />
          <Select
            aria-label="State"
            size="sm"
            className="w-36"
            value={status ?? 'any'}
            options={[{ value: 'any', label: 'All states' }, ...statusFilters]}
            onChange={(value) => list.setFilter('status', value === 'any' ? null : value)}
          />
          <TagFilter value={list.filters.tag} onChange={(tag) => list.setFilter('tag', tag)} />
          {list.narrowed && (
            <Button size="sm" variant="ghost" onClick={list.clear}>
              Clear filters
            </Button>
          )}
        </div>
        {error ? (
          <div className="p-4">
            <ErrorPanel error={readError(error)} onRetry={() => void refetch()} />
          </div>
        ) : (
          <div className={isPlaceholderData ? 'opacity-60 transition-opacity' : undefined}>
            <DataTable<InstanceRow, Sort>
              label="Instances"
              columns={columnsFor(isAdmin, sparks)}
              rows={data?.items}
              nameOf={(row) => row.name}
              sort={list.sort}
              onSort={list.toggleSort}
              onOpen={(row) => router.push(paths.instance(row.id))}
              selected={selection.ids}
              onSelect={selection.set}
              menu={(row) => <ActionMenu name={row.name} id={row.id} actions={actionsOf(row)} />}
              empty={
                list.narrowed ? (
                  <EmptyState
                    icon={Boxes}
                    title="No instance matches"
                    action={<Button onClick={list.clear}>Clear filters</Button>}
                  >
                    Nothing in this project fits what you search for.
                  </EmptyState>
                ) : (
                  <EmptyState icon={Boxes} title="No instances yet" action={create}>
                    An instance is a virtual machine: an image to boot from, a flavor for its size, and a
                    network that gives it an address. The form has all of it filled in.
                  </EmptyState>
                )
              }
            />
          </div>
        )}
        <Pager
          previous={list.previous}
          nextCursor={data?.nextCursor}
          onNext={list.next}
          shown={data?.items.length ?? 0}
        />
      </Card>
      <BulkBar rows={selection.rows} onDone={selection.clear} />
    </>
  )
}
