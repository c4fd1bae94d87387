'use client'
import { useQuery } from '@tanstack/react-query'
import { OperationList } from '#features/operations/operations-panel.tsx'
import { useTRPC } from '#trpc/client.ts'
import { Card, Facts } from '#ui/card.tsx'
import { Copyable } from '#ui/copy.tsx'
import { formatMoment } from '#ui/format.ts'
import { Gauge } from '#ui/gauge.tsx'
import type { NetworkRow } from './row.ts'

/** What the network is, how full each subnet is, and what was done to it. */
export function NetworkOverviewTab({ network }: { network: NetworkRow }) {
  const trpc = useTRPC()
  const { data: operations } = useQuery(
    trpc.operation.operations.list.queryOptions({ limit: 5, resourceId: network.id }),
  )
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <Card title="Network">
        <Facts
          items={[
            { label: 'Description', value: network.description || 'none' },
            {
              label: 'Switched',
              value: network.adminStateUp ? 'on' : 'off: its ports pass nothing',
            },
            { label: 'Used by', value: network.shared ? 'every project' : 'its own project' },
            { label: 'Project', value: <Copyable value={network.projectId} what="project ID" /> },
            { label: 'Created', value: formatMoment(network.createdAt) },
            { label: 'Changed', value: formatMoment(network.updatedAt) },
          ]}
        />
      </Card>
      <Card title="Addresses in use">
        {network.subnets.length === 0 ? (
          <p className="text-sm text-muted">
            This network has no subnet, so it gives no addresses and no instance can join it.
          </p>
        ) : (
          <div className="flex flex-col gap-4">
            {network.subnets.map((subnet) => (
              <Gauge
                key={subnet.id}
                label={subnet.name ? `${subnet.name}, ${subnet.cidr}` : subnet.cidr}
                used={subnet.used}
                limit={subnet.total}
              />
            ))}
          </div>
        )}
      </Card>
      {operations && operations.items.length > 0 && (
        <Card title="Operations" flush className="lg:col-span-2">
          <OperationList operations={operations.items} />
        </Card>
      )}
    </div>
  )
}
