'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { usePathname, useRouter } from 'next/navigation'
import { useState } from 'react'
import { toast } from 'sonner'
import { useLiveConnection } from '#features/live/live-provider.tsx'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { sessionEnded } from './ended.ts'

/** Channel on which tabs tell each other what they did to the session. */
export const sessionChannel = 'nephos-session'

const announce = (message: 'project' | 'signed-in' | 'signed-out') => {
  if (typeof BroadcastChannel === 'undefined') return
  const channel = new BroadcastChannel(sessionChannel)
  channel.postMessage(message)
  channel.close()
}

/** The list a page belongs to: what to show when its own resource is not in the new project. */
const listOf = (pathname: string): string => {
  const [, first, second] = pathname.split('/')
  return first === 'admin' && second ? `/admin/${second}` : `/${first ?? ''}`
}

/** Changes the project of the session, on every tab. */
export function useSwitchProject() {
  const trpc = useTRPC()
  const client = useQueryClient()
  const connection = useLiveConnection()
  const router = useRouter()
  const pathname = usePathname()
  return useMutation(
    trpc.identity.sessions.switchProject.mutationOptions({
      onSuccess: async () => {
        router.push(listOf(pathname))
        connection.restart()
        announce('project')
        await client.resetQueries()
      },
      onError: (error) => {
        toast.error(readError(error).message)
      },
    }),
  )
}

/** Ends the session, on every tab. */
export function useSignOut() {
  const trpc = useTRPC()
  const [leaving, setLeaving] = useState(false)
  const logout = useMutation(
    trpc.identity.sessions.logout.mutationOptions({
      onSuccess: () => {
        setLeaving(true)
        announce('signed-out')
        // A fresh page: nothing of the old session stays in memory.
        window.location.assign(paths.login())
      },
      onError: (error) => {
        toast.error(readError(error).message)
      },
    }),
  )
  return { signOut: () => logout.mutate({}), pending: logout.isPending || leaving }
}

/** Takes the page up again after signing in where the session had ended. */
export function useResume() {
  const client = useQueryClient()
  const connection = useLiveConnection()
  return () => {
    sessionEnded.set(false)
    announce('signed-in')
    connection.restart()
    void client.invalidateQueries()
  }
}
