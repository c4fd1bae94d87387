'use client'
import type { AppRouter } from '@nephos/api/trpc'
import { createTRPCClient, httpBatchLink, httpLink, splitLink } from '@trpc/client'
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server'
import { createTRPCContext } from '@trpc/tanstack-react-query'
import superjson from 'superjson'
import { paths } from '#paths.ts'

/** Inputs of each procedure, for forms. */
export type RouterInputs = inferRouterInputs<AppRouter>
/** Outputs of each procedure: where row types come from. */
export type RouterOutputs = inferRouterOutputs<AppRouter>

/** `const trpc = useTRPC()`, then `useQuery(trpc.compute.instances.list.queryOptions({ … }))`. */
export const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>()

/**
 * Queries of the same moment travel in one request. Changes go alone: the answer of one must not wait for another,
 * and each has its own request id.
 */
export function makeTrpcClient() {
  const options = { url: paths.api.trpc(), transformer: superjson }
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: (operation) => operation.type === 'mutation',
        true: httpLink(options),
        false: httpBatchLink({ ...options, maxURLLength: 8_000, maxItems: 20 }),
      }),
    ],
  })
}
