'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { FolderKanban, Plus } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { EmptyCall } from '#features/forms/api-call.tsx'
import { type Column, NameCell } from '#features/list/data-table.tsx'
import { FilterSelect, ListCard } from '#features/list/list-card.tsx'
import { useListState } from '#features/list/use-list-state.ts'
import { usePanel } from '#features/panels/use-panel.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Button } from '#ui/button.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { EnabledState } from '#ui/state-cell.tsx'
import { Age } from '#ui/time.tsx'
import type { ProjectRow } from './row.ts'
import { useProjectActions } from './use-project-actions.tsx'

type Sort = 'name' | 'createdAt'

const columns: readonly Column<ProjectRow, Sort>[] = [
  {
    key: 'name',
    header: 'Name',
    sort: 'name',
    cell: (row) => (
      <NameCell below={<Copyable value={row.id} what="ID" display={shortId(row.id)} />}>
        <Link href={paths.admin.project(row.id)} className="rounded hover:underline">
          {row.name}
        </Link>
      </NameCell>
    ),
  },
  { key: 'state', header: 'State', cell: (row) => <EnabledState enabled={row.enabled} /> },
  {
    key: 'description',
    header: 'Description',
    from: 'md',
    cell: (row) => <span className="block max-w-80 truncate text-muted">{row.description || '–'}</span>,
  },
  {
    key: 'domain',
    header: 'Domain',
    from: 'lg',
    cell: (row) => <span className="text-muted">{row.domainName}</span>,
  },
  {
    key: 'createdAt',
    header: 'Created',
    sort: 'createdAt',
    align: 'right',
    from: 'sm',
    cell: (row) => <Age at={row.createdAt} className="text-muted" />,
  },
]

/** Every project of the cloud. */
export function ProjectsPage() {
  const trpc = useTRPC()
  const router = useRouter()
  const panel = usePanel()
  const actionsOf = useProjectActions()
  const list = useListState({
    filters: ['enabled'],
    sorts: ['name', 'createdAt'],
    defaultSort: { by: 'name', dir: 'asc' },
  })
  const { enabled } = list.filters
  const query = useQuery(
    trpc.identity.projects.list.queryOptions(
      {
        limit: 50,
        cursor: list.cursor ?? undefined,
        sort: list.sort,
        ...(list.search && { search: list.search }),
        ...(enabled && { enabled: enabled === 'yes' }),
      },
      { placeholderData: keepPreviousData },
    ),
  )
  const create = (
    <Button variant="primary" onClick={() => panel.open('project-new')}>
      <Plus aria-hidden="true" /> Create project
    </Button>
  )
  return (
    <>
      <PageHeader
        title="Projects"
        description="What instances, networks and images belong to, with its members and limits."
        actions={create}
      />
      <ListCard<ProjectRow, Sort, 'enabled'>
        label="Projects"
        icon={FolderKanban}
        list={list}
        query={query}
        columns={columns}
        nameOf={(row) => row.name}
        searchLabel="Search name or ID"
        filters={
          <FilterSelect
            label="State"
            all="All states"
            value={enabled}
            options={[
              { value: 'yes', label: 'Enabled' },
              { value: 'no', label: 'Disabled' },
            ]}
            onChange={(value) => list.setFilter('enabled', value)}
          />
        }
        onOpen={(row) => router.push(paths.admin.project(row.id))}
        menu={(row) => <ActionMenu name={row.name} id={row.id} actions={actionsOf(row)} />}
        empty={
          <>
            <EmptyState icon={FolderKanban} title="No projects yet" action={create}>
              A project holds what its members create, within its quotas.
            </EmptyState>
            <EmptyCall verb="identity.projects.create" input={{ name: 'web-shop' }} />
          </>
        }
      />
    </>
  )
}
