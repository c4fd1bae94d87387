'use client'
import { useQuery } from '@tanstack/react-query'
import { useSession } from '#features/session/use-session.ts'
import { useTRPC } from '#trpc/client.ts'
import type { RouterRow } from './row.ts'

/** A subnet that a router can join, as a choice. */
export interface Joinable {
  value: string
  label: string
  note: string
  disabled: boolean
  /** Name of its network. */
  network: string
}

/** The subnets of the project's networks, with why a router cannot join those that it cannot. */
export function useJoinable(router?: RouterRow): Joinable[] {
  const trpc = useTRPC()
  const { isAdmin, project } = useSession()
  const networks = useQuery(trpc.network.networks.list.queryOptions({ limit: 200 })).data?.items ?? []
  const on = new Set(router?.interfaces.flatMap(({ fixedIps }) => fixedIps.map(({ subnetId }) => subnetId)))
  return networks
    .filter((network) => !network.external || isAdmin || network.projectId === project?.id)
    .flatMap((network) =>
      network.subnets.map((subnet): Joinable => {
        const why = on.has(subnet.id)
          ? 'it is there already'
          : network.status === 'DELETING'
            ? 'it is being deleted'
            : null
        const gateway = subnet.gatewayIp ? `gateway ${subnet.gatewayIp}` : 'no gateway: needs a port'
        return {
          value: subnet.id,
          label: `${network.name}, ${subnet.cidr}`,
          note: why ?? gateway,
          disabled: why !== null,
          network: network.name,
        }
      }),
    )
}
