import type { AppRouter } from '@nephos/api/trpc'
import { createTRPCClient, httpLink, type TRPCClient } from '@trpc/client'
import superjson from 'superjson'

/** A typed client of the cloud's HTTP API. */
export type Api = TRPCClient<AppRouter>

const client = (apiUrl: string, headers: Record<string, string> = {}): Api =>
  createTRPCClient<AppRouter>({
    links: [httpLink({ url: `${apiUrl}/trpc`, transformer: superjson, headers })],
  })

/** A client that has not signed in. */
export const anonymousApi = (apiUrl: string): Api => client(apiUrl)

/** Signs in with a password, as a script does, and acts in `project`. */
export async function signIn(
  apiUrl: string,
  { name, password, project }: { name: string; password: string; project: string },
): Promise<{ api: Api; token: string }> {
  const { secret } = await anonymousApi(apiUrl).identity.tokens.authenticate.mutate({
    name,
    password,
    project,
  })
  return { api: client(apiUrl, { authorization: `Bearer ${secret}` }), token: secret }
}
