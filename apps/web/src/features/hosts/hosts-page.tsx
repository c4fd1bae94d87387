'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Server } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { type Column, NameCell } from '#features/list/data-table.tsx'
import { ListCard } from '#features/list/list-card.tsx'
import { useListState } from '#features/list/use-list-state.ts'
import { type Sparks, useHostSparks } from '#features/metrics/use-sparks.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { Sparkline } from '#ui/plot/sparkline.tsx'
import { StateCell } from '#ui/state-cell.tsx'
import { Tooltip } from '#ui/tooltip.tsx'
import { Usage } from '#ui/usage.tsx'
import { Mib } from '#ui/value-unit.tsx'
import { Heartbeats } from './heartbeat.tsx'
import { capacities, type HostRow, hostLook } from './row.ts'
import { useHostActions } from './use-host-actions.tsx'

const columnsFor = (sparks: Sparks): readonly Column<HostRow, 'name'>[] => [
  {
    key: 'name',
    header: 'Host',
    sort: 'name',
    cell: (row) => (
      <NameCell below={row.zone}>
        <Link href={paths.admin.host(row.id)} className="rounded hover:underline">
          {row.name}
        </Link>
      </NameCell>
    ),
  },
  { key: 'state', header: 'State', cell: (row) => <HostState host={row} /> },
  {
    key: 'cpu',
    header: 'CPU',
    from: 'md',
    cell: (row) => <Sparkline label={`CPU of ${row.name}`} values={sparks[row.id]?.cpu ?? []} />,
  },
  {
    key: 'vcpus',
    header: 'vCPUs',
    from: 'sm',
    cell: (row) => {
      const { used, offered } = capacities(row).vcpus
      return <Usage label={`vCPUs of ${row.name}`} used={used} total={offered} />
    },
  },
  {
    key: 'ram',
    header: 'Memory',
    from: 'md',
    cell: (row) => {
      const { used, offered } = capacities(row).ram
      return (
        <Usage
          label={`Memory of ${row.name}`}
          used={used}
          total={offered}
          format={(mib) => <Mib value={mib} />}
        />
      )
    },
  },
  {
    key: 'disk',
    header: 'Disk',
    from: 'lg',
    cell: (row) => {
      const { used, offered } = capacities(row).disk
      return (
        <Usage
          label={`Disk of ${row.name}`}
          used={used}
          total={offered}
          format={(gib) => <Mib value={gib * 1024} />}
        />
      )
    },
  },
  { key: 'instances', header: 'Instances', align: 'right', from: 'md', cell: (row) => row.instanceCount },
  {
    key: 'drivers',
    header: 'Drivers',
    from: 'xl',
    cell: (row) => (
      <span className="text-muted">
        {[...new Set([row.computeDriver, row.networkDriver])].filter(Boolean).join(', ')}
      </span>
    ),
  },
  { key: 'services', header: 'Services', from: 'lg', cell: (row) => <Heartbeats host={row} /> },
]

/** State of a host; a disabled one says why. */
export function HostState({ host }: { host: HostRow }) {
  const cell = <StateCell {...hostLook(host)} />
  if (!host.disabledReason) return cell
  return (
    <Tooltip content={host.disabledReason}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the reason must be reachable by keyboard */}
      <span tabIndex={0} className="rounded">
        {cell}
      </span>
    </Tooltip>
  )
}

/** The machines of the cloud: what each offers, what is taken, and whether it lives. */
export function HostsPage() {
  const trpc = useTRPC()
  const router = useRouter()
  const actionsOf = useHostActions()
  const list = useListState({ filters: [], sorts: ['name'], defaultSort: { by: 'name', dir: 'asc' } })
  const query = useQuery(
    trpc.compute.hosts.list.queryOptions(
      {
        limit: 50,
        cursor: list.cursor ?? undefined,
        sort: list.sort,
        ...(list.search && { search: list.search }),
      },
      { placeholderData: keepPreviousData },
    ),
  )
  const sparks = useHostSparks(query.data?.items)
  return (
    <>
      <PageHeader title="Hosts" description="The machines that instances run on, and what is left of them." />
      <ListCard<HostRow, 'name', never>
        label="Hosts"
        icon={Server}
        list={list}
        query={query}
        columns={columnsFor(sparks)}
        nameOf={(row) => row.name}
        searchLabel="Search name"
        onOpen={(row) => router.push(paths.admin.host(row.id))}
        menu={(row) => <ActionMenu name={row.name} id={row.id} actions={actionsOf(row)} />}
        empty={
          <EmptyState icon={Server} title="No host has reported">
            A host appears here as soon as its workers start; ./nephos status says what runs.
          </EmptyState>
        }
      />
    </>
  )
}
