'use client'
import { useQuery } from '@tanstack/react-query'
import { OperationList } from '#features/operations/operations-panel.tsx'
import { PolicyLink } from '#features/qos/policy-link.tsx'
import { SharedWithCard } from '#features/rbac-policies/shared-with-card.tsx'
import { useClientConfig } from '#features/session/use-session.ts'
import { TagChips } from '#features/tags/tag-chips.tsx'
import { useTRPC } from '#trpc/client.ts'
import { Card, Facts } from '#ui/card.tsx'
import { Copyable } from '#ui/copy.tsx'
import { formatMoment } from '#ui/format.ts'
import { Gauge } from '#ui/gauge.tsx'
import { type NetworkRow, usedBy } from './row.ts'
import { WaysOutCard } from './ways-out-card.tsx'

/** What the network is, how full each subnet is, and what was done to it. */
export function NetworkOverviewTab({ network }: { network: NetworkRow }) {
  const trpc = useTRPC()
  const { dnsDomain } = useClientConfig()
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
            {
              label: 'Used by',
              value: usedBy(network),
            },
            {
              label: 'New ports',
              value: network.portSecurity
                ? 'are held to their own addresses'
                : 'may send from any address: port security is off',
            },
            {
              label: 'Names end in',
              value: network.dnsDomain || dnsDomain || 'nothing',
            },
            {
              label: 'Limits',
              value: network.qosPolicyId ? <PolicyLink id={network.qosPolicyId} /> : 'none',
            },
            ...(network.physicalNetwork
              ? [
                  {
                    label: 'Physical network',
                    value: `${network.physicalNetwork}${network.vlanId === null ? '' : `, VLAN ${network.vlanId}`}`,
                  },
                ]
              : []),
            ...(network.tags.length > 0
              ? [{ label: 'Tags', value: <TagChips tags={network.tags} most={50} /> }]
              : []),
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
                limit={subnet.ipVersion === 6 ? -1 : subnet.total}
              />
            ))}
          </div>
        )}
      </Card>
      <WaysOutCard network={network} />
      <SharedWithCard network={network} />
      {operations && operations.items.length > 0 && (
        <Card title="Operations" flush className="lg:col-span-2">
          <OperationList operations={operations.items} />
        </Card>
      )}
    </div>
  )
}
