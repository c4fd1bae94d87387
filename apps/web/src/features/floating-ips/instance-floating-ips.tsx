'use client'
import { useQuery } from '@tanstack/react-query'
import { Globe, Plus } from 'lucide-react'
import Link from 'next/link'
import type { InstanceRow } from '#features/instances/row.ts'
import { type Column, DataTable } from '#features/list/data-table.tsx'
import { leadingOut } from '#features/routers/connect.ts'
import { ConnectButton } from '#features/routers/connect-button.tsx'
import { useWaysOut } from '#features/routers/use-connect.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { ActionMenu } from '#ui/actions.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Copyable } from '#ui/copy.tsx'
import { StateCell } from '#ui/state-cell.tsx'
import { type FloatingIpRow, floatingIpLook } from './row.ts'
import { useFloatingIpActions } from './use-floating-ip-actions.tsx'
import { useInstanceFloatingIpActions } from './use-instance-floating-ips.ts'

const columns: readonly Column<FloatingIpRow>[] = [
  {
    key: 'address',
    header: 'Floating IP',
    cell: (row) => <Copyable value={row.address} what="floating IP" />,
  },
  {
    key: 'fixed',
    header: 'Leads to',
    cell: (row) => <span className="font-mono text-[13px] text-muted">{row.fixedIpAddress}</span>,
  },
  { key: 'state', header: 'State', from: 'sm', cell: (row) => <StateCell {...floatingIpLook(row)} /> },
  {
    key: 'router',
    header: 'Router',
    from: 'md',
    cell: (row) =>
      row.routerId && row.routerName !== null ? (
        <Link href={paths.router(row.routerId)} className="rounded hover:underline">
          {row.routerName || row.routerId}
        </Link>
      ) : (
        <span className="text-subtle">–</span>
      ),
  },
]

/** The addresses of the outside that lead to an instance, and what is missing before one can. */
export function InstanceFloatingIps({ instance }: { instance: InstanceRow }) {
  const trpc = useTRPC()
  const actionsOf = useFloatingIpActions()
  const associate = useInstanceFloatingIpActions()(instance)[0]!
  const { data } = useQuery(
    trpc.network.floatingIps.list.queryOptions({ instanceId: instance.id, limit: 50 }),
  )
  return (
    <Card
      title="Floating IPs"
      flush
      action={
        <Button size="sm" reason={associate.reason} onClick={associate.run}>
          <Plus aria-hidden="true" /> Associate floating IP
        </Button>
      }
    >
      {data?.items.length === 0 ? (
        <WhatIsMissing instance={instance} />
      ) : (
        <DataTable<FloatingIpRow>
          label="Floating IPs"
          columns={columns}
          rows={data?.items}
          nameOf={(row) => row.address}
          menu={(row) => <ActionMenu name={row.address} id={row.id} actions={actionsOf(row)} />}
        />
      )}
    </Card>
  )
}

function WhatIsMissing({ instance }: { instance: InstanceRow }) {
  const trpc = useTRPC()
  const { externals, routers } = useWaysOut()
  const networkIds = [...new Set(instance.addresses.map(({ networkId }) => networkId))]
  const reached = routers && networkIds.some((id) => leadingOut(routers, id).length > 0)
  const [first] = networkIds
  const network = useQuery(
    trpc.network.networks.show.queryOptions({ id: first ?? '' }, { enabled: Boolean(first) && !reached }),
  ).data
  const external = externals?.[0]
  return (
    <div className="flex items-start gap-3 p-4 text-sm text-muted">
      <Globe className="mt-0.5 size-4 shrink-0 text-subtle" aria-hidden="true" />
      <div className="flex min-w-0 flex-col gap-2.5">
        <p>
          No address of the outside leads to this instance.{' '}
          {externals?.length === 0
            ? 'This cloud has no external network, so there are none to have.'
            : reached === false && network && external
              ? `Its network ${network.name} has no router with a gateway to ${external.name} yet.`
              : 'Associate a floating IP to reach it from there.'}
        </p>
        {reached === false && network && external && <ConnectButton network={network} external={external} />}
      </div>
    </div>
  )
}
