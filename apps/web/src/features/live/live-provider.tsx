'use client'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import { goneKey } from './apply.ts'
import { type Freshness, LiveConnection } from './connection.ts'
import { Feed } from './feed.ts'
import type { LiveScope } from './nouns.ts'
import { liveNouns } from './registry.ts'

const LiveContext = createContext<LiveConnection | null>(null)

/** Keeps the query cache true while it is mounted. Once, inside the signed-in part of the application. */
export function LiveProvider({
  children,
  scope,
  seq,
  onSessionEnded,
}: {
  children: ReactNode
  scope: LiveScope
  /** The newest event when the page was made: what is read from now on holds everything up to it. */
  seq: number | undefined
  onSessionEnded: () => void
}) {
  const client = useQueryClient()
  const latest = useRef({ scope, onSessionEnded })
  useEffect(() => {
    latest.current = { scope, onSessionEnded }
  })
  const feed = useRef<Feed | null>(null)
  const [connection] = useState(
    () =>
      new LiveConnection(
        {
          onEvent: (event) => feed.current?.push(event),
          onReset: () => feed.current?.reset(),
          onSessionEnded: () => latest.current.onSessionEnded(),
        },
        seq,
      ),
  )
  useEffect(() => {
    const made = new Feed(client, liveNouns, () => latest.current.scope)
    feed.current = made
    connection.open()
    return () => {
      connection.close()
      made.close()
    }
  }, [client, connection])
  return <LiveContext value={connection}>{children}</LiveContext>
}

/** The connection, to restart it for another project. */
export function useLiveConnection(): LiveConnection {
  const connection = useContext(LiveContext)
  if (!connection) throw new Error('useLiveConnection needs a LiveProvider')
  return connection
}

const rendering: Freshness = { phase: 'connecting', since: 0 }

/** How true the page is now. */
export function useFreshness(): Freshness {
  const connection = useLiveConnection()
  return useSyncExternalStore(connection.subscribe, connection.snapshot, () => rendering)
}

/** When the resource was deleted while somebody looked at it, or null. */
export function useGone(id: string): Date | null {
  const { data } = useQuery<Date | null>({
    queryKey: goneKey(id),
    queryFn: () => null,
    enabled: false,
    initialData: null,
  })
  return data
}
