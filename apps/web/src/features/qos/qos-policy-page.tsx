'use client'
import { useQuery } from '@tanstack/react-query'
import { Cable, Gauge, Network } from 'lucide-react'
import Link from 'next/link'
import { type Column, DataTable } from '#features/list/data-table.tsx'
import { useGone } from '#features/live/live-provider.tsx'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { ResourceHeader, ResourcePage } from '#ui/resource-page.tsx'
import { Strip } from '#ui/strip.tsx'
import { Age } from '#ui/time.tsx'
import { QosMarks } from './qos-marks.tsx'
import type { QosPolicyDetail } from './row.ts'
import { useQosActions } from './use-qos-actions.tsx'
import { ruleWords } from './words.ts'

type LimitedNetwork = QosPolicyDetail['networks'][number]
type LimitedPort = QosPolicyDetail['ports'][number] & { id: string }

/** One QoS policy: what it does in words, and what has it. */
export function QosPolicyPage({ id }: { id: string }) {
  const trpc = useTRPC()
  const { data, error, refetch } = useQuery(trpc.network.qosPolicies.show.queryOptions({ id }))
  return (
    <ResourcePage
      list={{ href: paths.qosPolicies(), label: 'QoS policies' }}
      noun="QoS policy"
      row={data}
      gone={useGone(id)}
      goneNote="Its limits went with it."
      error={error ? readError(error) : null}
      onRetry={() => void refetch()}
    >
      {(policy) => <Loaded policy={policy} />}
    </ResourcePage>
  )
}

function Loaded({ policy }: { policy: QosPolicyDetail }) {
  const actions = useQosActions()(policy)
  const limits = actions.find(({ id }) => id === 'limits')!
  return (
    <>
      <ResourceHeader name={policy.name} mark={<QosMarks policy={policy} />}>
        <Button reason={limits.reason} onClick={limits.run}>
          <Gauge aria-hidden="true" /> Change limits
        </Button>
        <ActionMenu name={policy.name} id={policy.id} actions={actions} size="header" />
      </ResourceHeader>
      <Strip
        facts={[
          ['Networks', policy.networks.length],
          ['Ports of its own', policy.ports.length],
          ...(policy.description ? [['Description', policy.description] as const] : []),
          ['Created', <Age key="created" at={policy.createdAt} />],
          ['ID', <Copyable key="id" value={policy.id} what="ID" display={shortId(policy.id)} />],
        ]}
      />
      {policy.notApplied.length > 0 && <NotApplied hosts={policy.notApplied} />}
      <div className="flex flex-col gap-4">
        <Card title="A port with it">
          {policy.rules.length === 0 ? (
            <p className="text-sm text-muted">Is not limited: the policy has no rules.</p>
          ) : (
            <ul className="flex flex-col gap-0.5 text-sm">
              {policy.rules.map((rule) => (
                <li key={rule.id}>{ruleWords(rule)}.</li>
              ))}
            </ul>
          )}
          <p className="mt-3 text-xs text-subtle">
            A port’s own policy is in place of its network’s. Where the flavor of an instance has a lower
            limit, that one holds. What the limits say counts packets with their headers.
          </p>
        </Card>
        <Networks policy={policy} />
        <Ports policy={policy} />
      </div>
    </>
  )
}

function NotApplied({ hosts }: { hosts: QosPolicyDetail['notApplied'] }) {
  const named = hosts.flatMap(({ name }) => name ?? [])
  return (
    <p className="mb-4 rounded-lg border border-line bg-warn-soft px-4 py-3 text-sm text-warn-text">
      {hosts.length === 1 ? 'A host' : `${hosts.length} hosts`} {named.length > 0 && `(${named.join(', ')}) `}
      cannot limit ports: instances with this policy do not start there. {hosts[0]!.reason}
    </p>
  )
}

const networkColumns: readonly Column<LimitedNetwork>[] = [
  {
    key: 'name',
    header: 'Network',
    cell: (network) => (
      <Link href={paths.network(network.id)} className="rounded hover:underline">
        {network.name}
      </Link>
    ),
  },
  {
    key: 'ports',
    header: 'Ports that it holds for',
    align: 'right',
    cell: (network) => network.portCount,
  },
]

function Networks({ policy }: { policy: QosPolicyDetail }) {
  return (
    <Card title="Networks" flush>
      <DataTable<LimitedNetwork>
        label={`Networks with ${policy.name}`}
        columns={networkColumns}
        rows={policy.networks}
        nameOf={({ name }) => name}
        empty={
          <EmptyState icon={Network} title="No networks">
            Choose the policy when a network is created, or when it is edited: it then holds for all of its
            ports.
          </EmptyState>
        }
      />
    </Card>
  )
}

const portColumns: readonly Column<LimitedPort>[] = [
  {
    key: 'who',
    header: 'Used by',
    cell: (port) =>
      port.instanceId ? (
        <Link href={paths.instance(port.instanceId, 'networking')} className="rounded hover:underline">
          {port.instanceName}
        </Link>
      ) : (
        <span className="text-muted">{port.portName || `port ${shortId(port.portId)}`}</span>
      ),
  },
  {
    key: 'network',
    header: 'Network',
    cell: (port) => (
      <Link href={paths.network(port.networkId, 'ports')} className="rounded hover:underline">
        {port.networkName}
      </Link>
    ),
  },
  {
    key: 'addresses',
    header: 'Addresses',
    cell: (port) => (
      <span className="flex gap-3">
        {port.addresses.map((address) => (
          <Copyable key={address} value={address} what="address" />
        ))}
      </span>
    ),
  },
]

function Ports({ policy }: { policy: QosPolicyDetail }) {
  return (
    <Card title="Ports with it as their own" flush>
      <DataTable<LimitedPort>
        label={`Ports with ${policy.name}`}
        columns={portColumns}
        rows={policy.ports.map((port) => ({ ...port, id: port.portId }))}
        nameOf={(port) => port.instanceName ?? port.portName}
        empty={
          <EmptyState icon={Cable} title="No ports">
            A port that is edited can be given a policy of its own, in place of its network’s.
          </EmptyState>
        }
      />
    </Card>
  )
}
