'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Combine, Plus } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { EmptyCall } from '#features/forms/api-call.tsx'
import { type Column, NameCell } from '#features/list/data-table.tsx'
import { ListCard } from '#features/list/list-card.tsx'
import { useListState } from '#features/list/use-list-state.ts'
import { usePanel } from '#features/panels/use-panel.ts'
import { useWhyReadOnly } from '#features/session/use-session.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Button } from '#ui/button.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { Age } from '#ui/time.tsx'
import { policyWords, type ServerGroupRow } from './row.ts'
import { useServerGroupActions } from './use-server-group-actions.tsx'

type Sort = 'name' | 'createdAt'

const columns: readonly Column<ServerGroupRow, Sort>[] = [
  {
    key: 'name',
    header: 'Name',
    sort: 'name',
    cell: (row) => (
      <NameCell below={<Copyable value={row.id} what="ID" display={shortId(row.id)} />}>
        <Link href={paths.serverGroup(row.id)} className="rounded hover:underline">
          {row.name}
        </Link>
      </NameCell>
    ),
  },
  { key: 'policy', header: 'Members run', cell: policyWords },
  { key: 'members', header: 'Members', align: 'right', cell: (row) => row.memberCount },
  {
    key: 'createdAt',
    header: 'Created',
    sort: 'createdAt',
    align: 'right',
    from: 'sm',
    cell: (row) => <Age at={row.createdAt} className="text-muted" />,
  },
]

/** The project's groups of instances that are kept together, or apart. */
export function ServerGroupsPage() {
  const trpc = useTRPC()
  const panel = usePanel()
  const router = useRouter()
  const readOnly = useWhyReadOnly()
  const actionsOf = useServerGroupActions()
  const list = useListState({
    filters: [],
    sorts: ['name', 'createdAt'],
    defaultSort: { by: 'name', dir: 'asc' },
  })
  const query = useQuery(
    trpc.compute.serverGroups.list.queryOptions(
      {
        limit: 50,
        cursor: list.cursor ?? undefined,
        sort: list.sort,
        ...(list.search && { search: list.search }),
      },
      { placeholderData: keepPreviousData },
    ),
  )
  const create = (
    <Button variant="primary" reason={readOnly} onClick={() => panel.open('server-group-new')}>
      <Plus aria-hidden="true" /> Create server group
    </Button>
  )
  return (
    <>
      <PageHeader
        title="Server groups"
        description="Instances that are kept on one host, or on different ones."
        actions={create}
      />
      <ListCard<ServerGroupRow, Sort, never>
        label="Server groups"
        icon={Combine}
        list={list}
        query={query}
        columns={columns}
        nameOf={(row) => row.name}
        searchLabel="Search name"
        onOpen={(row) => router.push(paths.serverGroup(row.id))}
        menu={(row) => <ActionMenu name={row.name} id={row.id} actions={actionsOf(row)} />}
        empty={
          <>
            <EmptyState icon={Combine} title="No server groups yet" action={create}>
              Put the members of a cluster into a group that keeps them apart, and no host takes two of them
              down with it. An instance joins a group when it is created.
            </EmptyState>
            <EmptyCall
              verb="compute.serverGroups.create"
              input={{ name: 'database', policy: 'anti-affinity' }}
            />
          </>
        }
      />
    </>
  )
}
