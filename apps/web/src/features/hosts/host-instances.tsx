'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Boxes } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { InstanceState } from '#features/instances/instance-state.tsx'
import type { InstanceRow } from '#features/instances/row.ts'
import { useInstanceActions } from '#features/instances/use-instance-actions.tsx'
import { type Column, NameCell } from '#features/list/data-table.tsx'
import { ListCard } from '#features/list/list-card.tsx'
import { useListState } from '#features/list/use-list-state.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { Mib } from '#ui/value-unit.tsx'
import type { HostRow } from './row.ts'

type Sort = 'name' | 'createdAt'

const columns: readonly Column<InstanceRow, Sort>[] = [
  {
    key: 'name',
    header: 'Instance',
    sort: 'name',
    cell: (row) => (
      <NameCell below={<Copyable value={row.id} what="ID" display={shortId(row.id)} />}>
        <Link href={paths.instance(row.id)} className="rounded hover:underline">
          {row.name}
        </Link>
      </NameCell>
    ),
  },
  { key: 'state', header: 'State', cell: (row) => <InstanceState row={row} /> },
  {
    key: 'size',
    header: 'Takes',
    from: 'sm',
    cell: (row) => (
      <span className="text-muted">
        {row.vcpus} vCPU, <Mib value={row.ramMib} />
      </span>
    ),
  },
  {
    key: 'project',
    header: 'Project',
    from: 'md',
    cell: (row) => (
      <Link
        href={paths.admin.project(row.projectId)}
        className="rounded font-mono text-xs text-muted hover:underline"
      >
        {shortId(row.projectId)}
      </Link>
    ),
  },
]

/** The instances of every project on a host. */
export function HostInstances({ host }: { host: HostRow }) {
  const trpc = useTRPC()
  const router = useRouter()
  const actionsOf = useInstanceActions()
  const list = useListState({
    filters: [],
    sorts: ['name', 'createdAt'],
    defaultSort: { by: 'createdAt', dir: 'desc' },
  })
  const query = useQuery(
    trpc.compute.instances.list.queryOptions(
      {
        limit: 25,
        hostId: host.id,
        allProjects: true,
        cursor: list.cursor ?? undefined,
        sort: list.sort,
        ...(list.search && { search: list.search }),
      },
      { placeholderData: keepPreviousData },
    ),
  )
  return (
    <section aria-label={`Instances on ${host.name}`} className="min-w-0 lg:col-span-2">
      <ListCard<InstanceRow, Sort, never>
        label="Instances"
        icon={Boxes}
        list={list}
        query={query}
        columns={columns}
        nameOf={(row) => row.name}
        searchLabel="Search instances on this host"
        onOpen={(row) => router.push(paths.instance(row.id))}
        menu={(row) => <ActionMenu name={row.name} id={row.id} actions={actionsOf(row)} />}
        empty={
          <EmptyState icon={Boxes} title="Nothing runs here">
            {host.enabled && !host.maintenance
              ? 'The scheduler places instances here when this host suits them best.'
              : `This host is ${host.maintenance ? 'under maintenance' : 'disabled'}, so the scheduler places nothing here.`}
          </EmptyState>
        }
      />
    </section>
  )
}
