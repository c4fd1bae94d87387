'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Plus, Users } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { EmptyCall } from '#features/forms/api-call.tsx'
import { type Column, NameCell } from '#features/list/data-table.tsx'
import { FilterSelect, ListCard } from '#features/list/list-card.tsx'
import { useListState } from '#features/list/use-list-state.ts'
import { usePanel } from '#features/panels/use-panel.ts'
import { useSession } from '#features/session/use-session.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Badge } from '#ui/badge.tsx'
import { Button } from '#ui/button.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { EnabledState } from '#ui/state-cell.tsx'
import { Age } from '#ui/time.tsx'
import type { UserRow } from './row.ts'
import { useUserActions } from './use-user-actions.tsx'

type Sort = 'name' | 'createdAt'

const columnsFor = (me: string): readonly Column<UserRow, Sort>[] => [
  {
    key: 'name',
    header: 'Name',
    sort: 'name',
    cell: (row) => (
      <NameCell below={<Copyable value={row.id} what="ID" display={shortId(row.id)} />}>
        <span className="inline-flex max-w-full items-center gap-1.5">
          <Link href={paths.admin.user(row.id)} className="truncate rounded hover:underline">
            {row.name}
          </Link>
          {row.id === me && <Badge>you</Badge>}
        </span>
      </NameCell>
    ),
  },
  { key: 'state', header: 'State', cell: (row) => <EnabledState enabled={row.enabled} /> },
  {
    key: 'email',
    header: 'E-mail',
    from: 'md',
    cell: (row) => <span className="block max-w-64 truncate text-muted">{row.email ?? '–'}</span>,
  },
  {
    key: 'domain',
    header: 'Domain',
    from: 'lg',
    cell: (row) => <span className="text-muted">{row.domainName}</span>,
  },
  {
    key: 'login',
    header: 'Last signed in',
    align: 'right',
    from: 'sm',
    cell: (row) =>
      row.lastLoginAt ? (
        <Age at={row.lastLoginAt} className="text-muted" />
      ) : (
        <span className="text-subtle">never</span>
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

/** Everybody who can sign in. */
export function UsersPage() {
  const trpc = useTRPC()
  const router = useRouter()
  const panel = usePanel()
  const { user } = useSession()
  const actionsOf = useUserActions()
  const list = useListState({
    filters: ['enabled'],
    sorts: ['name', 'createdAt'],
    defaultSort: { by: 'name', dir: 'asc' },
  })
  const { enabled } = list.filters
  const query = useQuery(
    trpc.identity.users.list.queryOptions(
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
    <Button variant="primary" onClick={() => panel.open('user-new')}>
      <Plus aria-hidden="true" /> Create user
    </Button>
  )
  return (
    <>
      <PageHeader title="Users" description="Everybody who can sign in to this cloud." actions={create} />
      <ListCard<UserRow, Sort, 'enabled'>
        label="Users"
        icon={Users}
        list={list}
        query={query}
        columns={columnsFor(user.id)}
        nameOf={(row) => row.name}
        searchLabel="Search name, e-mail or ID"
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
        onOpen={(row) => router.push(paths.admin.user(row.id))}
        menu={(row) => <ActionMenu name={row.name} id={row.id} actions={actionsOf(row)} />}
        empty={
          <>
            <EmptyState icon={Users} title="No users yet" action={create}>
              A user signs in with a name and a password; what it may do comes with roles on projects.
            </EmptyState>
            <EmptyCall verb="identity.users.create" input={{ name: 'operator' }} />
          </>
        }
      />
    </>
  )
}
