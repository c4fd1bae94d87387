'use client'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { ConnectButton } from '#features/routers/connect-button.tsx'
import { type RouterRow, routerLook, routerName } from '#features/routers/row.ts'
import { useSession } from '#features/session/use-session.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { Card } from '#ui/card.tsx'
import { Copyable } from '#ui/copy.tsx'
import { StateCell } from '#ui/state-cell.tsx'
import { networkReason } from './actions.ts'
import type { NetworkRow } from './row.ts'
import { useNetworkAsker } from './use-network-actions.tsx'

/** Which routers serve a network, where they lead, and what is missing before it reaches the outside. */
export function WaysOutCard({ network }: { network: NetworkRow }) {
  return network.external ? <Outside network={network} /> : <Inside network={network} />
}

function Inside({ network }: { network: NetworkRow }) {
  const trpc = useTRPC()
  const { isAdmin } = useSession()
  const asker = useNetworkAsker()
  const { data } = useQuery(
    trpc.network.routers.list.queryOptions({
      networkId: network.id,
      limit: 50,
      ...(isAdmin && { allProjects: true }),
    }),
  )
  const externals = useQuery(trpc.network.networks.list.queryOptions({ external: true, limit: 200 })).data
    ?.items
  const routers = data?.items ?? []
  const reached = new Set(routers.flatMap(({ gateway }) => (gateway ? [gateway.networkId] : [])))
  const missing = (externals ?? []).filter(({ id }) => !reached.has(id))
  return (
    <Card title="Routers and the outside">
      <div className="flex flex-col gap-3 text-sm">
        {routers.length > 0 && (
          <ul className="flex flex-col gap-2">
            {routers.map((router) => (
              <RouterLine key={router.id} router={router} networkId={network.id} />
            ))}
          </ul>
        )}
        {data && externals && reached.size === 0 && (
          <p className="text-muted">
            {externals.length === 0
              ? 'This cloud has no external network, so instances here reach each other only.'
              : `This network has no router with a gateway to ${externals[0]!.name}, so its instances do not reach the outside, and floating IPs cannot lead to them.`}
          </p>
        )}
        {data &&
          missing
            .slice(0, reached.size === 0 ? 3 : 0)
            .map((external) => (
              <ConnectButton
                key={external.id}
                network={network}
                external={external}
                foreign={networkReason(network, asker)}
              />
            ))}
      </div>
    </Card>
  )
}

function RouterLine({ router, networkId }: { router: RouterRow; networkId: string }) {
  const here = router.interfaces.filter((one) => one.networkId === networkId)
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
      <span className="min-w-0">
        <Link href={paths.router(router.id)} className="rounded font-medium hover:underline">
          {routerName(router)}
        </Link>{' '}
        <span className="text-muted">
          {router.gateway ? `leads to ${router.gateway.networkName}` : 'has no gateway'}
        </span>
      </span>
      <span className="flex items-center gap-3">
        {here.flatMap(({ fixedIps }) =>
          fixedIps.map(({ ipAddress }) => <Copyable key={ipAddress} value={ipAddress} what="address" />),
        )}
        <StateCell {...routerLook(router)} />
      </span>
    </li>
  )
}

function Outside({ network }: { network: NetworkRow }) {
  const trpc = useTRPC()
  const { isAdmin } = useSession()
  const whose = { limit: 50, ...(isAdmin && { allProjects: true }) }
  const routers = useQuery(
    trpc.network.routers.list.queryOptions({ externalNetworkId: network.id, ...whose }),
  ).data?.items
  const floatingIps = useQuery(
    trpc.network.floatingIps.list.queryOptions({ networkId: network.id, ...whose }),
  ).data
  return (
    <Card title="Who reaches the outside by it">
      <div className="flex flex-col gap-3 text-sm">
        <p className="text-muted">
          An external network: routers have their gateways on it, and floating IPs come from it. Instances are
          not put on it themselves.
        </p>
        {routers && routers.length > 0 && (
          <ul className="flex flex-col gap-2">
            {routers.map((router) => (
              <li key={router.id} className="flex items-center justify-between gap-4">
                <Link href={paths.router(router.id)} className="min-w-0 truncate rounded hover:underline">
                  {routerName(router)}
                </Link>
                {router.gateway?.fixedIps.map(({ ipAddress }) => (
                  <Copyable key={ipAddress} value={ipAddress} what="address" />
                ))}
              </li>
            ))}
          </ul>
        )}
        <p className="text-muted">
          <Link href={paths.floatingIps()} className="rounded hover:underline">
            Floating IPs
          </Link>
          : {floatingIps ? `${floatingIps.items.length}${floatingIps.nextCursor ? ' or more' : ''}` : '…'}
        </p>
      </div>
    </Card>
  )
}
