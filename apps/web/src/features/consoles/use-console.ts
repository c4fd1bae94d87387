'use client'
import { whyNoConsole } from '@nephos/core/states'
import { useEffect, useRef, useState } from 'react'
import type { InstanceDetail } from '#features/instances/row.ts'
import { useWhyReadOnly } from '#features/session/use-session.ts'
import { paths } from '#paths.ts'
import { useTRPCClient } from '#trpc/client.ts'
import { ConsoleConnection, type ConsoleConnectionState } from './connection.ts'

/** What a kind of console does with its socket. */
export interface ConsoleSockets {
  /** A WebSocket was made; call `connected` once the console truly works. */
  onSocket: (socket: WebSocket, connected: () => void) => void
  /** It was closed: the last moment to keep what is shown. */
  onClosing: () => void
}

/** Keeps a console of the instance connected while `ready` holds. @returns its state, and how to connect at once */
export function useConsole(
  instance: InstanceDetail,
  kind: 'vnc' | 'serial',
  ready: boolean,
  sockets: ConsoleSockets,
): { state: ConsoleConnectionState; reconnect: () => void } {
  const trpc = useTRPCClient()
  const readOnly = useWhyReadOnly()
  const [state, setState] = useState<ConsoleConnectionState>({ phase: 'connecting' })
  const connection = useRef<ConsoleConnection | null>(null)
  const latest = useRef(sockets)
  useEffect(() => {
    latest.current = sockets
  })
  const { id } = instance
  useEffect(() => {
    if (!ready) return
    const made = new ConsoleConnection({
      open: () => trpc.compute.instances.openConsole.mutate({ id, kind }),
      url: paths.consoleSocket,
      onSocket: (socket, connected) => latest.current.onSocket(socket, connected),
      onClosing: () => latest.current.onClosing(),
      onState: setState,
    })
    connection.current = made
    return () => {
      made.close()
      connection.current = null
    }
  }, [id, kind, ready, trpc])

  const why = readOnly ?? whyNoConsole(instance)
  useEffect(() => {
    if (ready) connection.current?.available(why)
  }, [ready, why])
  return { state, reconnect: () => connection.current?.connect() }
}
