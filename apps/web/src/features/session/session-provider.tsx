'use client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect, useMemo } from 'react'
import { LiveProvider, useLiveConnection } from '#features/live/live-provider.tsx'
import { useTRPC } from '#trpc/client.ts'
import { sessionEnded, useSessionEnded } from './ended.ts'
import { ExpiredDialog } from './expired-dialog.tsx'
import { sessionChannel } from './session-actions.ts'
import { type ClientConfig, type CurrentSession, SessionContext } from './use-session.ts'

/** The signed-in part of the application: session, live events, and the dialog when the session ends. */
export function SessionProvider({
  initial,
  config,
  seq,
  children,
}: {
  initial: CurrentSession
  config: ClientConfig
  /** The newest event when the page was made. */
  seq: number | undefined
  children: ReactNode
}) {
  const trpc = useTRPC()
  const { data: session } = useQuery(
    trpc.identity.sessions.current.queryOptions({}, { initialData: initial }),
  )
  const ended = useSessionEnded()
  const value = useMemo(() => ({ session, config }), [session, config])
  return (
    <SessionContext value={value}>
      <LiveProvider
        seq={seq}
        scope={{ projectId: session.project?.id ?? null }}
        onSessionEnded={() => sessionEnded.set(true)}
      >
        <OtherTabs />
        {children}
        {ended && <ExpiredDialog session={session} />}
      </LiveProvider>
    </SessionContext>
  )
}

/** A session belongs to the browser, so what one tab does to it concerns the others. */
function OtherTabs() {
  const client = useQueryClient()
  const connection = useLiveConnection()
  useEffect(() => {
    if (typeof BroadcastChannel === 'undefined') return
    const channel = new BroadcastChannel(sessionChannel)
    channel.onmessage = ({ data }: MessageEvent<string>) => {
      if (data === 'signed-out') return sessionEnded.set(true)
      sessionEnded.set(false)
      connection.restart()
      void client.resetQueries()
    }
    return () => channel.close()
  }, [client, connection])
  return null
}
