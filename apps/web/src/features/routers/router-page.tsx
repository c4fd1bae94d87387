'use client'
import { useQuery } from '@tanstack/react-query'
import { Cable, DoorOpen, Plus, Route } from 'lucide-react'
import Link from 'next/link'
import { type Column, DataTable } from '#features/list/data-table.tsx'
import { useGone } from '#features/live/live-provider.tsx'
import { useSession } from '#features/session/use-session.ts'
import { TagChips } from '#features/tags/tag-chips.tsx'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { ActionMenu, type ResolvedAction } from '#ui/actions.tsx'
import { Button } from '#ui/button.tsx'
import { Card, Facts } from '#ui/card.tsx'
import { Copyable, shortId } from '#ui/copy.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { ResourceHeader, ResourcePage } from '#ui/resource-page.tsx'
import { StateCell } from '#ui/state-cell.tsx'
import { Strip } from '#ui/strip.tsx'
import { Age } from '#ui/time.tsx'
import { RouterFloatingIps } from './router-floating-ips.tsx'
import { type RouterInterface, type RouterRow, routerLook, routerName } from './row.ts'
import { useInterfaceActions, useRouterActions } from './use-router-actions.tsx'

/** One router: what it joins, where it leads, and the floating IPs that it leads to instances. */
export function RouterPage({ id }: { id: string }) {
  const trpc = useTRPC()
  const { data, error, refetch } = useQuery(trpc.network.routers.show.queryOptions({ id }))
  return (
    <ResourcePage
      list={{ href: paths.routers(), label: 'Routers' }}
      noun="router"
      row={data}
      gone={useGone(id)}
      error={error ? readError(error) : null}
      onRetry={() => void refetch()}
    >
      {(router) => <Loaded router={router} />}
    </ResourcePage>
  )
}

function Loaded({ router }: { router: RouterRow }) {
  const { isAdmin } = useSession()
  const actions = useRouterActions()(router)
  const action = (id: string): ResolvedAction => actions.find((one) => one.id === id)!
  const add = action('interface')
  const gateway = action('gateway')
  return (
    <>
      <ResourceHeader name={routerName(router)}>
        <Button reason={add.reason} onClick={add.run}>
          <Plus aria-hidden="true" /> Add interface
        </Button>
        <Button reason={gateway.reason} onClick={gateway.run}>
          <DoorOpen aria-hidden="true" /> {gateway.label}
        </Button>
        <ActionMenu name={routerName(router)} id={router.id} actions={actions} size="header" />
      </ResourceHeader>
      {router.statusReason && (
        <p
          role="status"
          className="mb-4 rounded-lg border border-line bg-warn-soft px-4 py-2.5 text-sm text-warn-text"
        >
          {router.statusReason}
        </p>
      )}
      <Strip
        facts={[
          ['State', <StateCell key="state" {...routerLook(router)} />],
          ['Gateway', router.gateway ? router.gateway.networkName : 'none'],
          [
            'Interfaces',
            <span key="interfaces" className="tabular">
              {router.interfaces.length}
            </span>,
          ],
          ...(isAdmin ? ([['Host', router.hostName ?? 'none yet']] as const) : []),
          ...(router.tags.length > 0
            ? ([['Tags', <TagChips key="tags" tags={router.tags} />]] as const)
            : []),
          ['Created', <Age key="created" at={router.createdAt} />],
          ['ID', <Copyable key="id" value={router.id} what="ID" display={shortId(router.id)} />],
        ]}
      />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <div className="lg:col-span-2">
          <Interfaces router={router} add={add} />
        </div>
        <GatewayCard router={router} set={gateway} />
        <RoutesCard router={router} />
        <div className="lg:col-span-2">
          <RouterFloatingIps routerId={router.id} />
        </div>
        {router.description && (
          <Card title="Description">
            <p className="break-words text-sm">{router.description}</p>
          </Card>
        )}
      </div>
    </>
  )
}

type InterfaceItem = RouterInterface & { id: string }

const columns: readonly Column<InterfaceItem>[] = [
  {
    key: 'network',
    header: 'Network',
    cell: (row) => (
      <Link href={paths.network(row.networkId)} className="rounded hover:underline">
        {row.networkName}
      </Link>
    ),
  },
  {
    key: 'address',
    header: 'Address',
    cell: (row) => (
      <span className="flex flex-wrap gap-x-3">
        {row.fixedIps.map(({ ipAddress, cidr }) => (
          <span key={ipAddress}>
            <Copyable value={ipAddress} what="address" />{' '}
            <span className="text-xs text-subtle max-sm:hidden">of {cidr}</span>
          </span>
        ))}
      </span>
    ),
  },
  {
    key: 'state',
    header: 'State',
    from: 'sm',
    cell: (row) => (
      <StateCell
        tone={row.status === 'ACTIVE' ? 'ok' : row.status === 'ERROR' ? 'bad' : 'idle'}
        word={{ ACTIVE: 'Up', DOWN: 'Down', ERROR: 'Error' }[row.status] ?? row.status}
      />
    ),
  },
  {
    key: 'mac',
    header: 'MAC',
    from: 'md',
    cell: (row) => <Copyable value={row.macAddress} what="MAC address" />,
  },
]

function Interfaces({ router, add }: { router: RouterRow; add: ResolvedAction }) {
  const actionsOf = useInterfaceActions(router)
  return (
    <Card title="Interfaces" flush>
      <DataTable<InterfaceItem>
        label="Interfaces"
        columns={columns}
        rows={router.interfaces.map((one) => ({ ...one, id: one.portId }))}
        nameOf={(row) => row.networkName}
        menu={(row) => (
          <ActionMenu name={`the interface on ${row.networkName}`} id={row.portId} actions={actionsOf(row)} />
        )}
        empty={
          <EmptyState
            icon={Cable}
            title="No interface"
            action={
              <Button variant="primary" reason={add.reason} onClick={add.run}>
                <Plus aria-hidden="true" /> Add interface
              </Button>
            }
          >
            This router is on no network, so it joins nothing.
          </EmptyState>
        }
      />
    </Card>
  )
}

function GatewayCard({ router, set }: { router: RouterRow; set: ResolvedAction }) {
  const { gateway } = router
  return (
    <Card title="Gateway">
      {gateway ? (
        <Facts
          items={[
            {
              label: 'External network',
              value: (
                <Link href={paths.network(gateway.networkId)} className="rounded hover:underline">
                  {gateway.networkName}
                </Link>
              ),
            },
            {
              label: 'Address',
              value: gateway.fixedIps.map(({ ipAddress }) => (
                <Copyable key={ipAddress} value={ipAddress} what="address" />
              )),
            },
            {
              label: 'SNAT',
              value: gateway.enableSnat
                ? 'on: instances without a floating IP reach the outside with this address'
                : 'off: only floating IPs lead to the outside',
              wide: true,
            },
          ]}
        />
      ) : (
        <div className="flex flex-col items-start gap-3">
          <p className="text-sm text-muted">
            Without a gateway on an external network nothing behind this router reaches the outside, and no
            floating IP leads to it.
          </p>
          <Button size="sm" reason={set.reason} onClick={set.run}>
            <DoorOpen aria-hidden="true" /> Set gateway
          </Button>
        </div>
      )}
    </Card>
  )
}

function RoutesCard({ router }: { router: RouterRow }) {
  const edit = useRouterActions()(router).find(({ id }) => id === 'routes')!
  return (
    <Card
      title="Static routes"
      action={
        <Button size="sm" reason={edit.reason} onClick={edit.run}>
          <Route aria-hidden="true" /> Edit routes
        </Button>
      }
    >
      {router.routes.length === 0 ? (
        <p className="text-sm text-muted">None: it knows its own subnets and its gateway.</p>
      ) : (
        <ul className="flex flex-col gap-1.5 font-mono text-[13px]">
          {router.routes.map(({ destination, nexthop }) => (
            <li key={`${destination} ${nexthop}`}>
              {destination} <span className="text-subtle">by</span> {nexthop}
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}
