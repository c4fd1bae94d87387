'use client'
import { useQuery } from '@tanstack/react-query'
import { Boxes, Play } from 'lucide-react'
import Link from 'next/link'
import { useRouter } from 'next/navigation'
import { instanceLook } from '#features/instances/row.ts'
import { type Column, DataTable } from '#features/list/data-table.tsx'
import { useGone } from '#features/live/live-provider.tsx'
import { useSession } from '#features/session/use-session.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { ResourceHeader, ResourcePage } from '#ui/resource-page.tsx'
import { StateCell } from '#ui/state-cell.tsx'
import { Strip } from '#ui/strip.tsx'
import { Age } from '#ui/time.tsx'
import { policies, policyWords, type ServerGroupDetail } from './row.ts'
import { useServerGroupActions } from './use-server-group-actions.tsx'

type Member = ServerGroupDetail['members'][number]

const columns: readonly Column<Member>[] = [
  {
    key: 'name',
    header: 'Instance',
    cell: (row) => (
      <Link href={paths.instance(row.id)} className="rounded font-medium hover:underline">
        {row.name}
      </Link>
    ),
  },
  { key: 'state', header: 'State', cell: (row) => <StateCell {...instanceLook(row)} /> },
]
const withHost: readonly Column<Member>[] = [
  ...columns,
  {
    key: 'host',
    header: 'Host',
    cell: (row) => row.hostName ?? <span className="text-subtle">none</span>,
  },
]

/** One server group: what it wants, and who is in it. */
export function ServerGroupPage({ id }: { id: string }) {
  const trpc = useTRPC()
  const { data, error, refetch } = useQuery(trpc.compute.serverGroups.show.queryOptions({ id }))
  return (
    <ResourcePage
      list={{ href: paths.serverGroups(), label: 'Server groups' }}
      noun="server group"
      row={data}
      gone={useGone(id)}
      goneNote="Its members stay where they are."
      error={error ? readError(error) : null}
      onRetry={() => void refetch()}
    >
      {(group) => <Loaded group={group} />}
    </ResourcePage>
  )
}

function Loaded({ group }: { group: ServerGroupDetail }) {
  const { isAdmin } = useSession()
  const router = useRouter()
  const actions = useServerGroupActions()(group)
  const launch = actions.find(({ id }) => id === 'launch')
  const more = group.memberCount - group.members.length
  return (
    <>
      <ResourceHeader name={group.name}>
        <Button reason={launch?.reason} onClick={launch?.run}>
          <Play aria-hidden="true" /> Launch instance
        </Button>
        <ActionMenu name={group.name} id={group.id} actions={actions} size="header" />
      </ResourceHeader>
      <Strip
        facts={[
          ['Members run', policyWords(group)],
          ['Members', group.memberCount],
          ['Created', <Age key="created" at={group.createdAt} />],
          ['ID', <Copyable key="id" value={group.id} what="ID" display={shortId(group.id)} />],
        ]}
      />
      <Card title="Members" flush>
        <DataTable<Member>
          label={`Members of ${group.name}`}
          columns={isAdmin ? withHost : columns}
          rows={group.members}
          nameOf={(row) => row.name}
          onOpen={(row) => router.push(paths.instance(row.id))}
          empty={
            <EmptyState icon={Boxes} title="No members">
              {policies.find(({ value }) => value === group.policy)?.facts} An instance joins when it is
              created.
            </EmptyState>
          }
        />
        {more > 0 && <p className="border-t border-line px-4 py-2.5 text-xs text-subtle">and {more} more</p>}
      </Card>
    </>
  )
}
