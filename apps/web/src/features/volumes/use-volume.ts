'use client'
import { useQuery } from '@tanstack/react-query'
import { useSession, useWhyReadOnly } from '#features/session/use-session.ts'
import { useTRPC } from '#trpc/client.ts'
import type { VolumeAsker } from './actions.ts'

/** One volume, kept live. */
export function useVolume(id: string) {
  const trpc = useTRPC()
  return useQuery(trpc.volume.volumes.show.queryOptions({ id }))
}

/** Who looks at volumes here, and what they may do. */
export function useVolumeAsker(): VolumeAsker {
  const { isAdmin } = useSession()
  return { isAdmin, readOnly: useWhyReadOnly() }
}
