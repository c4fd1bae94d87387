'use client'
import { Plus, Waypoints } from 'lucide-react'
import { type Column, DataTable, NameCell } from '#features/list/data-table.tsx'
import { TagChips } from '#features/tags/tag-chips.tsx'
import { ActionMenu } from '#ui/actions.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { AddressUse } from './address-use.tsx'
import { isFormed, wayWord } from './address-ways.ts'
import type { NetworkRow, SubnetRow } from './row.ts'
import { useNetworkActions, useSubnetActions } from './use-network-actions.tsx'

const columns: readonly Column<SubnetRow>[] = [
  {
    key: 'range',
    header: 'Range',
    cell: (row) => (
      <NameCell below={row.name || <Copyable value={row.id} what="ID" display={shortId(row.id)} />}>
        <span className="inline-flex max-w-full items-center gap-1.5">
          <Copyable value={row.cidr} what="range" />
          <TagChips tags={row.tags} />
        </span>
      </NameCell>
    ),
  },
  {
    key: 'use',
    header: 'Addresses',
    cell: (row) => <AddressUse name={row.cidr} subnets={[row]} />,
  },
  {
    key: 'gateway',
    header: 'Gateway',
    from: 'sm',
    cell: (row) =>
      row.gatewayIp ? (
        <Copyable value={row.gatewayIp} what="gateway" />
      ) : (
        <span className="text-subtle">none</span>
      ),
  },
  { key: 'way', header: 'Given by', from: 'sm', cell: wayWord },
  {
    key: 'dns',
    header: 'DNS servers',
    from: 'md',
    cell: (row) =>
      row.dnsServers.length > 0 ? (
        <span className="font-mono text-[0.92em] text-muted">{row.dnsServers.join(', ')}</span>
      ) : (
        <span className="text-subtle">none</span>
      ),
  },
  {
    key: 'pools',
    header: 'Pools',
    from: 'lg',
    cell: (row) =>
      isFormed(row) ? (
        <span className="text-subtle">made of MACs</span>
      ) : (
        <span
          className="block max-w-64 truncate font-mono text-xs text-muted"
          title={row.pools.map(({ start, end }) => `${start} - ${end}`).join(', ')}
        >
          {row.pools.map(({ start, end }) => `${start} - ${end}`).join(', ')}
        </span>
      ),
  },
]

/** The address ranges of a network. */
export function SubnetsTab({ network }: { network: NetworkRow }) {
  const actionsOf = useSubnetActions(network)
  const add = useNetworkActions()(network).find(({ id }) => id === 'subnet')!
  return (
    <Card flush>
      <DataTable
        label="Subnets"
        columns={columns}
        rows={network.subnets}
        nameOf={(row) => row.name || row.cidr}
        menu={(row) => <ActionMenu name={row.name || row.cidr} id={row.id} actions={actionsOf(row)} />}
        empty={
          <EmptyState
            icon={Waypoints}
            title="No subnet"
            action={
              <Button variant="primary" reason={add.reason} onClick={add.run}>
                <Plus aria-hidden="true" /> Add subnet
              </Button>
            }
          >
            A subnet is a range of addresses. Without one, no instance can join this network.
          </EmptyState>
        }
      />
    </Card>
  )
}
