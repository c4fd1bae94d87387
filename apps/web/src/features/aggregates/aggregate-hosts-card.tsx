'use client'
import { Plus, Server, ServerOff } from 'lucide-react'
import Link from 'next/link'
import { toast } from 'sonner'
import { type Column, DataTable } from '#features/list/data-table.tsx'
import { usePanel } from '#features/panels/use-panel.ts'
import { paths } from '#paths.ts'
import { useTRPCClient } from '#trpc/client.ts'
import { toastRefusal } from '#trpc/refused.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import type { AggregateRow } from './row.ts'

interface HostInIt {
  id: string
  name: string
}

const columns: readonly Column<HostInIt>[] = [
  {
    key: 'host',
    header: 'Host',
    cell: (row) => (
      <Link href={paths.admin.host(row.id)} className="rounded font-medium hover:underline">
        {row.name}
      </Link>
    ),
  },
]

/** The hosts of an aggregate. */
export function AggregateHostsCard({ aggregate }: { aggregate: AggregateRow }) {
  const api = useTRPCClient()
  const panel = usePanel()
  const remove = async (host: HostInIt) => {
    try {
      await api.compute.aggregates.removeHost.mutate({ id: aggregate.id, hostId: host.id })
      toast.success(`${host.name} removed from ${aggregate.name}`)
    } catch (error) {
      toastRefusal(`Cannot remove ${host.name}`, error)
    }
  }
  return (
    <Card
      title="Hosts"
      flush
      action={
        <Button size="sm" onClick={() => panel.open('aggregate-host', aggregate.id)}>
          <Plus aria-hidden="true" /> Add host
        </Button>
      }
    >
      <DataTable
        label={`Hosts of ${aggregate.name}`}
        columns={columns}
        rows={aggregate.hostIds.map((id, index) => ({ id, name: aggregate.hostNames[index] ?? id }))}
        nameOf={(row) => row.name}
        menu={(row) => (
          <ActionMenu
            name={row.name}
            id={row.id}
            actions={[
              {
                id: 'remove',
                label: 'Remove',
                icon: ServerOff,
                danger: true,
                reason: null,
                run: () => void remove(row),
              },
            ]}
          />
        )}
        empty={
          <EmptyState icon={Server} title="No hosts">
            {aggregate.zone === null
              ? 'Add the hosts that its metadata are about.'
              : 'Add the hosts of this zone. A host that has instances cannot change its zone.'}
          </EmptyState>
        }
      />
    </Card>
  )
}
