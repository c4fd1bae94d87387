'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { BookUser, Plus } from 'lucide-react'
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
import { type AddressGroupRow, someAddresses } from './row.ts'
import { useAddressGroupActions } from './use-address-group-actions.tsx'

type Sort = 'name' | 'createdAt'

const columns: readonly Column<AddressGroupRow, Sort>[] = [
  {
    key: 'name',
    header: 'Name',
    sort: 'name',
    cell: (row) => (
      <NameCell below={<Copyable value={row.id} what="ID" display={shortId(row.id)} />}>
        <Link href={paths.addressGroup(row.id)} className="truncate rounded hover:underline">
          {row.name}
        </Link>
      </NameCell>
    ),
  },
  { key: 'addresses', header: 'Addresses', from: 'sm', cell: (row) => <Addresses row={row} /> },
  { key: 'rules', header: 'Rules', align: 'right', cell: (row) => row.ruleCount },
  {
    key: 'createdAt',
    header: 'Created',
    sort: 'createdAt',
    align: 'right',
    from: 'lg',
    cell: (row) => <Age at={row.createdAt} className="text-muted" />,
  },
]

function Addresses({ row }: { row: AddressGroupRow }) {
  const { shown, more } = someAddresses(row.addresses)
  if (shown.length === 0) return <span className="text-warn-text">none: its rules let nobody through</span>
  return (
    <span className="font-mono text-[0.92em] text-muted">
      {shown.join(', ')}
      {more > 0 && <span className="text-subtle"> +{more}</span>}
    </span>
  )
}

/** The project's address groups, with what is in them and how many rules name them. */
export function AddressGroupsPage() {
  const trpc = useTRPC()
  const panel = usePanel()
  const router = useRouter()
  const readOnly = useWhyReadOnly()
  const actionsOf = useAddressGroupActions()
  const list = useListState({
    filters: [],
    sorts: ['name', 'createdAt'],
    defaultSort: { by: 'name', dir: 'asc' },
  })
  const query = useQuery(
    trpc.network.addressGroups.list.queryOptions(
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
    <Button variant="primary" reason={readOnly} onClick={() => panel.open('address-group-new')}>
      <Plus aria-hidden="true" /> Create address group
    </Button>
  )
  return (
    <>
      <PageHeader
        title="Address groups"
        description="Addresses under one name, for rules of security groups."
        actions={create}
      />
      <ListCard<AddressGroupRow, Sort, never>
        label="Address groups"
        icon={BookUser}
        list={list}
        query={query}
        columns={columns}
        nameOf={(row) => row.name}
        searchLabel="Search name, description or ID"
        onOpen={(row) => router.push(paths.addressGroup(row.id))}
        menu={(row) => <ActionMenu name={row.name} id={row.id} actions={actionsOf(row)} />}
        empty={
          <>
            <EmptyState icon={BookUser} title="No address groups yet" action={create}>
              An office, a partner, the machines that watch others: name their addresses once, and rules of
              security groups follow when they change.
            </EmptyState>
            <EmptyCall
              verb="network.addressGroups.create"
              input={{ name: 'office', addresses: ['192.0.2.0/24'] }}
            />
          </>
        }
      />
    </>
  )
}
