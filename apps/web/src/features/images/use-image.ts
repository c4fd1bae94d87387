'use client'
import { useQuery } from '@tanstack/react-query'
import { useSession, useWhyReadOnly } from '#features/session/use-session.ts'
import { useTRPC } from '#trpc/client.ts'
import type { ImageAsker } from './actions.ts'

/** One image, kept live. */
export function useImage(id: string) {
  const trpc = useTRPC()
  return useQuery(trpc.image.images.show.queryOptions({ id }))
}

/** Who looks at images here, and what he may do. */
export function useImageAsker(): ImageAsker {
  const { isAdmin, project } = useSession()
  const readOnly = useWhyReadOnly()
  return { isAdmin, projectId: project?.id ?? null, readOnly }
}
