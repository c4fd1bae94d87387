'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Plus, ShieldCheck } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { EmptyCall } from '#features/forms/api-call.tsx'
import { type Column, NameCell } from '#features/list/data-table.tsx'
import { ListCard } from '#features/list/list-card.tsx'
import { useListState } from '#features/list/use-list-state.ts'
import { usePanel } from '#features/panels/use-panel.ts'
import { useWhyReadOnly } from '#features/session/use-session.ts'
import { TagChips } from '#features/tags/tag-chips.tsx'
import { TagFilter } from '#features/tags/tag-filter.tsx'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Badge } from '#ui/badge.tsx'
import { Button } from '#ui/button.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { Age } from '#ui/time.tsx'
import type { SecurityGroupRow } from './row.ts'
import { useSecurityGroupActions } from './use-security-group-actions.tsx'

type Sort = 'name' | 'createdAt'

const columns: readonly Column<SecurityGroupRow, Sort>[] = [
  {
    key: 'name',
    header: 'Name',
    sort: 'name',
    cell: (row) => (
      <NameCell below={<Copyable value={row.id} what="ID" display={shortId(row.id)} />}>
        <span className="inline-flex max-w-full items-center gap-1.5">
          <Link href={paths.securityGroup(row.id)} className="truncate rounded hover:underline">
            {row.name}
          </Link>
          {row.isDefault && <Badge tone="accent">for new ports</Badge>}
          {!row.stateful && <Badge>stateless</Badge>}
          <TagChips tags={row.tags} />
        </span>
      </NameCell>
    ),
  },
  {
    key: 'description',
    header: 'Description',
    from: 'md',
    cell: (row) => <span className="text-muted">{row.description || '–'}</span>,
  },
  { key: 'rules', header: 'Rules', align: 'right', cell: (row) => row.ruleCount },
  { key: 'ports', header: 'Ports', align: 'right', cell: (row) => row.portCount },
  {
    key: 'createdAt',
    header: 'Created',
    sort: 'createdAt',
    align: 'right',
    from: 'lg',
    cell: (row) => <Age at={row.createdAt} className="text-muted" />,
  },
]

/** The project's security groups, with how many rules and ports each has. */
export function SecurityGroupsPage() {
  const trpc = useTRPC()
  const panel = usePanel()
  const router = useRouter()
  const readOnly = useWhyReadOnly()
  const actionsOf = useSecurityGroupActions()
  const list = useListState({
    filters: ['tag'],
    sorts: ['name', 'createdAt'],
    defaultSort: { by: 'name', dir: 'asc' },
  })
  const query = useQuery(
    trpc.network.securityGroups.list.queryOptions(
      {
        limit: 50,
        cursor: list.cursor ?? undefined,
        sort: list.sort,
        ...(list.search && { search: list.search }),
        ...(list.filters.tag && { tags: [list.filters.tag] }),
      },
      { placeholderData: keepPreviousData },
    ),
  )
  const create = (
    <Button variant="primary" reason={readOnly} onClick={() => panel.open('security-group-new')}>
      <Plus aria-hidden="true" /> Create security group
    </Button>
  )
  return (
    <>
      <PageHeader
        title="Security groups"
        description="What may reach instances, and what they may reach."
        actions={create}
      />
      <ListCard<SecurityGroupRow, Sort, 'tag'>
        label="Security groups"
        icon={ShieldCheck}
        list={list}
        query={query}
        columns={columns}
        nameOf={(row) => row.name}
        searchLabel="Search name, description or ID"
        filters={
          <TagFilter
            kind="securityGroup"
            value={list.filters.tag}
            onChange={(tag) => list.setFilter('tag', tag)}
          />
        }
        onOpen={(row) => router.push(paths.securityGroup(row.id))}
        menu={(row) => <ActionMenu name={row.name} id={row.id} actions={actionsOf(row)} />}
        empty={
          <>
            <EmptyState icon={ShieldCheck} title="No security groups yet" action={create}>
              A security group says who reaches the instances in it, and whom they reach. Everything that no
              rule lets through is dropped.
            </EmptyState>
            <EmptyCall verb="network.securityGroups.create" input={{ name: 'web' }} />
          </>
        }
      />
    </>
  )
}
