'use client'
import { Network } from 'lucide-react'
import Link from 'next/link'
import { type Column, DataTable } from '#features/list/data-table.tsx'
import { paths } from '#paths.ts'
import { Card } from '#ui/card.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { StateCell } from '#ui/state-cell.tsx'
import type { InstanceDetail } from '../row.ts'

type Port = InstanceDetail['ports'][number]

const columns: readonly Column<Port>[] = [
  {
    key: 'device',
    header: 'Interface',
    cell: (port) => <span className="font-mono text-[13px]">eth{port.deviceIndex ?? '?'}</span>,
  },
  {
    key: 'network',
    header: 'Network',
    cell: (port) => (
      <Link href={paths.network(port.networkId)} className="rounded hover:underline">
        {port.networkName}
      </Link>
    ),
  },
  {
    key: 'addresses',
    header: 'Addresses',
    cell: (port) => (
      <span className="flex gap-3">
        {port.fixedIps.map(({ ipAddress }) => (
          <Copyable key={ipAddress} value={ipAddress} what="address" />
        ))}
      </span>
    ),
  },
  {
    key: 'mac',
    header: 'MAC',
    from: 'sm',
    cell: (port) => <Copyable value={port.macAddress} what="MAC address" />,
  },
  {
    key: 'status',
    header: 'State',
    from: 'sm',
    cell: (port) => (
      <StateCell
        tone={port.status === 'ACTIVE' ? 'ok' : port.status === 'ERROR' ? 'bad' : 'idle'}
        word={{ ACTIVE: 'Up', DOWN: 'Down', BUILD: 'Wiring', ERROR: 'Error' }[port.status] ?? port.status}
      />
    ),
  },
  {
    key: 'id',
    header: 'Port',
    from: 'md',
    cell: (port) => (
      <Copyable value={port.id} what="port ID" display={shortId(port.id)} className="text-muted" />
    ),
  },
]

/** The interfaces of the instance in the order that the guest sees them. */
export function NetworkingTab({ instance }: { instance: InstanceDetail }) {
  return (
    <Card title="Interfaces" flush>
      <DataTable
        label="Interfaces"
        columns={columns}
        rows={instance.ports}
        nameOf={(port) => port.macAddress}
        empty={
          <EmptyState icon={Network} title="No interface">
            This instance is on no network.
          </EmptyState>
        }
      />
    </Card>
  )
}
