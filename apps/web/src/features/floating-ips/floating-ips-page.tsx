'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Globe, Plus } from 'lucide-react'
import { EmptyCall } from '#features/forms/api-call.tsx'
import { type Column, NameCell } from '#features/list/data-table.tsx'
import { FilterSelect, ListCard } from '#features/list/list-card.tsx'
import { useListState } from '#features/list/use-list-state.ts'
import { usePanel } from '#features/panels/use-panel.ts'
import { useWhyReadOnly } from '#features/session/use-session.ts'
import { TagChips } from '#features/tags/tag-chips.tsx'
import { TagFilter } from '#features/tags/tag-filter.tsx'
import { useTRPC } from '#trpc/client.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Button } from '#ui/button.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { StateCell } from '#ui/state-cell.tsx'
import { Age } from '#ui/time.tsx'
import { type FloatingIpRow, floatingIpLook } from './row.ts'
import { Target } from './target.tsx'
import { useFloatingIpActions } from './use-floating-ip-actions.tsx'

type Sort = 'address' | 'createdAt'

const columns: readonly Column<FloatingIpRow, Sort>[] = [
  {
    key: 'address',
    header: 'Address',
    sort: 'address',
    cell: (row) => (
      <NameCell below={row.description || <Copyable value={row.id} what="ID" display={shortId(row.id)} />}>
        <span className="inline-flex max-w-full items-center gap-1.5">
          <Copyable value={row.address} what="address" />
          <TagChips tags={row.tags} />
        </span>
      </NameCell>
    ),
  },
  { key: 'state', header: 'State', from: 'sm', cell: (row) => <StateCell {...floatingIpLook(row)} /> },
  { key: 'target', header: 'Leads to', cell: (row) => <Target row={row} /> },
  {
    key: 'network',
    header: 'External network',
    from: 'md',
    cell: (row) => <span className="text-muted">{row.networkName}</span>,
  },
  {
    key: 'router',
    header: 'Router',
    from: 'lg',
    cell: (row) => (
      <span className="text-muted">{row.routerName ?? (row.routerId ? 'of another project' : '–')}</span>
    ),
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

/** The floating IPs of the project, with where they lead. */
export function FloatingIpsPage() {
  const trpc = useTRPC()
  const readOnly = useWhyReadOnly()
  const panel = usePanel()
  const actionsOf = useFloatingIpActions()
  const externals = useQuery(trpc.network.networks.list.queryOptions({ external: true, limit: 200 })).data
  const list = useListState({
    filters: ['state', 'tag'],
    sorts: ['address', 'createdAt'],
    defaultSort: { by: 'createdAt', dir: 'desc' },
  })
  const status = (['ACTIVE', 'DOWN', 'ERROR'] as const).find((value) => value === list.filters.state)
  const query = useQuery(
    trpc.network.floatingIps.list.queryOptions(
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
  const noneThere = externals?.items.length === 0
  const allocate = (
    <Button
      variant="primary"
      reason={readOnly ?? (noneThere ? 'There is no external network; an administrator makes them.' : null)}
      onClick={() => panel.open('floating-ip-new')}
    >
      <Plus aria-hidden="true" /> Allocate floating IP
    </Button>
  )
  return (
    <>
      <PageHeader
        title="Floating IPs"
        description="Addresses of the outside that lead to instances, and can be moved."
        actions={allocate}
      />
      <ListCard<FloatingIpRow, Sort, 'state' | 'tag'>
        label="Floating IPs"
        icon={Globe}
        list={list}
        query={query}
        columns={columns}
        nameOf={(row) => row.address}
        searchLabel="Search address or description"
        filters={
          <>
            <FilterSelect
              label="State"
              all="All states"
              value={status ?? null}
              options={[
                { value: 'ACTIVE', label: 'Active' },
                { value: 'DOWN', label: 'Free or not applied' },
                { value: 'ERROR', label: 'Error' },
              ]}
              onChange={(value) => list.setFilter('state', value)}
            />
            <TagFilter
              kind="floatingIp"
              value={list.filters.tag}
              onChange={(tag) => list.setFilter('tag', tag)}
            />
          </>
        }
        menu={(row) => <ActionMenu name={row.address} id={row.id} actions={actionsOf(row)} />}
        empty={
          <>
            <EmptyState icon={Globe} title="No floating IPs yet" action={allocate}>
              {noneThere
                ? 'This cloud has no external network, so there are no addresses of the outside to have. An administrator makes one.'
                : 'A floating IP is an address of an external network. It leads to an instance behind a router, and can be moved to another one at any time.'}
            </EmptyState>
            {!noneThere && (
              <EmptyCall
                verb="network.floatingIps.create"
                input={{ networkId: externals?.items[0]?.id ?? 'NETWORK' }}
              />
            )}
          </>
        }
      />
    </>
  )
}
