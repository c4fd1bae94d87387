'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Plus, Timer } from 'lucide-react'
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
import { QosMarks } from './qos-marks.tsx'
import type { QosPolicyRow } from './row.ts'
import { useQosActions } from './use-qos-actions.tsx'
import { policyWords } from './words.ts'

type Sort = 'name' | 'createdAt'

const columns: readonly Column<QosPolicyRow, Sort>[] = [
  {
    key: 'name',
    header: 'Name',
    sort: 'name',
    cell: (row) => (
      <NameCell below={<Copyable value={row.id} what="ID" display={shortId(row.id)} />}>
        <span className="inline-flex max-w-full items-center gap-1.5">
          <Link href={paths.qosPolicy(row.id)} className="truncate rounded hover:underline">
            {row.name}
          </Link>
          <QosMarks policy={row} />
        </span>
      </NameCell>
    ),
  },
  {
    key: 'limits',
    header: 'A port',
    cell: (row) => <span className="whitespace-normal">{policyWords(row.rules)}</span>,
  },
  {
    key: 'description',
    header: 'Description',
    from: 'md',
    cell: (row) => <span className="text-muted">{row.description || '–'}</span>,
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

/** The QoS policies that the project may use, with what they do. */
export function QosPoliciesPage() {
  const trpc = useTRPC()
  const panel = usePanel()
  const router = useRouter()
  const readOnly = useWhyReadOnly()
  const actionsOf = useQosActions()
  const list = useListState({
    filters: [],
    sorts: ['name', 'createdAt'],
    defaultSort: { by: 'name', dir: 'asc' },
  })
  const query = useQuery(
    trpc.network.qosPolicies.list.queryOptions(
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
    <Button variant="primary" reason={readOnly} onClick={() => panel.open('qos-policy-new')}>
      <Plus aria-hidden="true" /> Create QoS policy
    </Button>
  )
  return (
    <>
      <PageHeader
        title="QoS policies"
        description="How fast ports may send and receive, and how what they send is marked."
        actions={create}
      />
      <ListCard<QosPolicyRow, Sort, never>
        label="QoS policies"
        icon={Timer}
        list={list}
        query={query}
        columns={columns}
        nameOf={(row) => row.name}
        searchLabel="Search name, description or ID"
        onOpen={(row) => router.push(paths.qosPolicy(row.id))}
        menu={(row) => <ActionMenu name={row.name} id={row.id} actions={actionsOf(row)} />}
        empty={
          <>
            <EmptyState icon={Timer} title="No QoS policies yet" action={create}>
              A QoS policy limits how fast instances send and receive. Give it to a network, and it holds for
              all of its ports; a port may have another one.
            </EmptyState>
            <EmptyCall
              verb="network.qosPolicies.create"
              input={{
                name: 'slow',
                rules: [{ type: 'bandwidth_limit', direction: 'egress', maxKbps: 10_000 }],
              }}
            />
          </>
        }
      />
    </>
  )
}
