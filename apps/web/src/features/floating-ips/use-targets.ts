'use client'
import { versionOf } from '@nephos/core/ip'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useDeferredValue } from 'react'
import { leadingOut } from '#features/routers/connect.ts'
import { useWaysOut } from '#features/routers/use-connect.ts'
import { useTRPC } from '#trpc/client.ts'

/** An address of an instance that a floating IP may lead to. */
export interface TargetChoice {
  /** `port address`: both are sent. */
  value: string
  portId: string
  ip: string
  instanceName: string
  networkId: string
  networkName: string
  /** Floating IPs that lead to it already. */
  taken: string[]
  /** A router of the project leads from its network to the external one. */
  reachable: boolean
}

/**
 * The addresses of instances whose name or address fits the text, with which of them can be led to.
 * @param instanceId of this instance only
 */
export function useTargets(externalId: string | undefined, text: string, instanceId?: string) {
  const trpc = useTRPC()
  const typed = useDeferredValue(text.trim())
  const search = instanceId ?? typed
  const { routers } = useWaysOut()
  const query = useQuery(
    trpc.compute.instances.list.queryOptions(
      { limit: 50, sort: { by: 'name', dir: 'asc' }, ...(search && { search }) },
      { placeholderData: keepPreviousData },
    ),
  )
  const targets = (query.data?.items ?? []).flatMap((instance) =>
    // Floating IPs are of IPv4.
    instance.addresses
      .filter(({ ip }) => versionOf(ip) === 4)
      .map(
        ({ portId, ip, networkId, networkName, floatingIps }): TargetChoice => ({
          value: `${portId} ${ip}`,
          portId,
          ip,
          instanceName: instance.name,
          networkId,
          networkName,
          taken: floatingIps,
          // A router of another project on a shared network is not known here: the cloud has the last word.
          reachable: !routers || leadingOut(routers, networkId, externalId).length > 0,
        }),
      ),
  )
  return { targets, loading: query.isPending }
}
