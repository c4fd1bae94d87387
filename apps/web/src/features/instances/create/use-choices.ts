'use client'
import { useQueries } from '@tanstack/react-query'
import { useTRPC } from '#trpc/client.ts'
import { basesFirst, ownFirst } from './choices.ts'

/** What can be chosen from, in one request. */
export function useChoices() {
  const trpc = useTRPC()
  const queries = useQueries({
    queries: [
      trpc.compute.flavors.list.queryOptions({ limit: 200 }),
      trpc.image.images.list.queryOptions({ limit: 200, status: 'active' }),
      trpc.network.networks.list.queryOptions({ limit: 200 }),
      trpc.compute.keyPairs.list.queryOptions({ limit: 200 }),
      trpc.identity.quotas.show.queryOptions({}),
      trpc.compute.zones.list.queryOptions({}),
      trpc.compute.serverGroups.list.queryOptions({ limit: 200 }),
      trpc.network.securityGroups.list.queryOptions({ limit: 200 }),
    ],
  })
  const [flavors, images, networks, keyPairs, quotas, zones, serverGroups, securityGroups] = queries
  return {
    flavors: flavors.data?.items,
    images: images.data && basesFirst(images.data.items),
    networks: networks.data && ownFirst(networks.data.items),
    keyPairs: keyPairs.data?.items,
    quotas: quotas.data,
    zones: zones.data,
    serverGroups: serverGroups.data?.items,
    securityGroups: securityGroups.data?.items,
    error: queries.find((query) => query.error)?.error ?? null,
    refetch: () => {
      for (const query of queries) if (query.error) void query.refetch()
    },
  }
}
