'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Cable, Plus } from 'lucide-react'
import Link from 'next/link'
import { type Column, NameCell } from '#features/list/data-table.tsx'
import { FilterSelect, ListCard } from '#features/list/list-card.tsx'
import { useListState } from '#features/list/use-list-state.ts'
import { useSession } from '#features/session/use-session.ts'
import { TagChips } from '#features/tags/tag-chips.tsx'
import { TagFilter } from '#features/tags/tag-filter.tsx'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Button } from '#ui/button.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { StateCell } from '#ui/state-cell.tsx'
import { Age } from '#ui/time.tsx'
import { isServicePort, type NetworkRow, type PortRow, portLook } from './row.ts'
import { useNetworkActions, usePortActions } from './use-network-actions.tsx'

type Sort = 'name' | 'createdAt'

const columnsFor = (isAdmin: boolean): readonly Column<PortRow, Sort>[] => [
  {
    key: 'name',
    header: 'Port',
    sort: 'name',
    cell: (row) => {
      const id = <Copyable value={row.id} what="ID" display={shortId(row.id)} />
      return (
        <NameCell
          below={
            <>
              {/* A phone has no room for another column. */}
              <span className="sm:hidden">{portLook(row).word}</span>
              {row.name && <span className="max-sm:hidden">{id}</span>}
            </>
          }
        >
          <span className="inline-flex max-w-full items-center gap-1.5">
            {row.name || id}
            <TagChips tags={row.tags} />
          </span>
        </NameCell>
      )
    },
  },
  { key: 'state', header: 'State', from: 'sm', cell: (row) => <StateCell {...portLook(row)} /> },
  { key: 'addresses', header: 'Addresses', cell: (row) => <Addresses row={row} /> },
  {
    key: 'hostname',
    header: 'Name on the network',
    from: 'lg',
    cell: (row) => <span className="text-muted">{row.hostname || '–'}</span>,
  },
  {
    key: 'mac',
    header: 'MAC',
    from: 'md',
    cell: (row) => <Copyable value={row.macAddress} what="MAC address" />,
  },
  { key: 'device', header: 'Used by', from: 'sm', cell: (row) => <Device row={row} /> },
  ...(isAdmin
    ? [
        {
          key: 'host',
          header: 'Host',
          from: 'xl' as const,
          cell: (row: PortRow) => <span className="text-muted">{row.hostName ?? '–'}</span>,
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

function Addresses({ row }: { row: PortRow }) {
  if (row.fixedIps.length === 0) return <span className="text-subtle">none</span>
  return (
    <span className="flex flex-wrap gap-x-3">
      {row.fixedIps.map(({ ipAddress }) => (
        <Copyable key={ipAddress} value={ipAddress} what="address" wrap />
      ))}
    </span>
  )
}

function Device({ row }: { row: PortRow }) {
  if (row.instanceId)
    return (
      <Link href={paths.instance(row.instanceId, 'networking')} className="rounded hover:underline">
        {row.instanceName ?? shortId(row.instanceId)}
      </Link>
    )
  if (row.deviceOwner === 'network:router_interface' || row.deviceOwner === 'network:router_gateway')
    return (
      <Link href={paths.router(row.deviceId)} className="rounded hover:underline">
        {row.deviceOwner === 'network:router_gateway' ? 'gateway of a router' : 'router'}
      </Link>
    )
  if (row.deviceOwner === 'network:floatingip')
    return (
      <Link href={paths.floatingIps()} className="rounded hover:underline">
        floating IP
      </Link>
    )
  if (isServicePort(row)) return <span className="text-muted">DHCP and metadata</span>
  if (row.deviceOwner) return <span className="text-muted">{row.deviceOwner}</span>
  return <span className="text-subtle">nothing yet</span>
}

/** Everything that is plugged into a network; live. Administrators see the ports of every project. */
export function PortsTab({ network }: { network: NetworkRow }) {
  const trpc = useTRPC()
  const { isAdmin } = useSession()
  const actionsOf = usePortActions()
  const create = useNetworkActions()(network).find(({ id }) => id === 'port')!
  const list = useListState({
    filters: ['status', 'tag'],
    sorts: ['name', 'createdAt'],
    defaultSort: { by: 'createdAt', dir: 'desc' },
  })
  const status = (['ACTIVE', 'DOWN'] as const).find((value) => value === list.filters.status)
  const query = useQuery(
    trpc.network.ports.list.queryOptions(
      {
        limit: 50,
        networkId: network.id,
        cursor: list.cursor ?? undefined,
        sort: list.sort,
        ...(list.search && { search: list.search }),
        ...(list.filters.tag && { tags: [list.filters.tag] }),
        ...(status && { status }),
        ...(isAdmin && { allProjects: true }),
      },
      { placeholderData: keepPreviousData },
    ),
  )
  return (
    <ListCard<PortRow, Sort, 'status' | 'tag'>
      label="Ports"
      icon={Cable}
      list={list}
      query={query}
      columns={columnsFor(isAdmin)}
      nameOf={(row) => row.name || row.macAddress}
      searchLabel="Search name, MAC or address"
      filters={
        <>
          <FilterSelect
            label="State"
            all="All states"
            value={status ?? null}
            options={[
              { value: 'ACTIVE', label: 'Up' },
              { value: 'DOWN', label: 'Down' },
            ]}
            onChange={(value) => list.setFilter('status', value)}
          />
          <TagFilter kind="port" value={list.filters.tag} onChange={(tag) => list.setFilter('tag', tag)} />
        </>
      }
      menu={(row) => <ActionMenu name={row.name || row.macAddress} id={row.id} actions={actionsOf(row)} />}
      empty={
        <EmptyState
          icon={Cable}
          title="No ports"
          action={
            <Button variant="primary" reason={create.reason} onClick={create.run}>
              <Plus aria-hidden="true" /> Create port
            </Button>
          }
        >
          A port is a socket of the network with an address and a MAC. Instances bring their own; make one
          here to keep an address for later.
        </EmptyState>
      }
    />
  )
}
