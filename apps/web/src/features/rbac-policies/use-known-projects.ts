'use client'
import { useQuery } from '@tanstack/react-query'
import { useSession } from '#features/session/use-session.ts'
import { useTRPC } from '#trpc/client.ts'

/** The projects whose names this person may know: his own, and for administrators those that a search finds. */
export function useKnownProjects(search = ''): readonly { id: string; name: string }[] {
  const trpc = useTRPC()
  const { isAdmin, projects } = useSession()
  const { data } = useQuery(
    trpc.identity.projects.list.queryOptions(
      { limit: 200, ...(search.trim() && { search: search.trim() }) },
      { enabled: isAdmin, placeholderData: (before) => before },
    ),
  )
  return isAdmin && data ? data.items : projects
}
