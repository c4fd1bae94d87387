import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { readError } from './error.ts'

/**
 * The one cache of a tab. What is in it is kept true by the event stream, so nothing is fetched again because time
 * passed or a window got the focus.
 */
export function makeQueryClient(onSessionEnded: () => void): QueryClient {
  const watch = (error: unknown) => {
    if (readError(error).code === 'unauthenticated') onSessionEnded()
  }
  return new QueryClient({
    queryCache: new QueryCache({ onError: watch }),
    mutationCache: new MutationCache({ onError: watch }),
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        // Without anyone looking at it, a list is not kept true for ever.
        gcTime: 5 * 60_000,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        retry: (failures, error) =>
          failures < 3 && ['network', 'unavailable', 'timeout'].includes(readError(error).code),
        retryDelay: (attempt) => Math.min(500 * 2 ** attempt, 4_000),
      },
    },
  })
}
