'use client'
import { useQuery } from '@tanstack/react-query'
import { useSession } from '#features/session/use-session.ts'
import { useTRPC } from '#trpc/client.ts'

/** What was done to an instance lately, newest first. Administrators look at instances of other projects, too. */
export function useInstanceOperations(instanceId: string) {
  const trpc = useTRPC()
  const { isAdmin } = useSession()
  return useQuery(
    trpc.operation.operations.list.queryOptions({
      resourceId: instanceId,
      limit: 50,
      ...(isAdmin && { allProjects: true }),
    }),
  )
}
