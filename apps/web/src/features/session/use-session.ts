'use client'
import { createContext, useContext } from 'react'
import type { RouterOutputs } from '#trpc/client.ts'

/** Who is signed in, in which project, with what rights. */
export type CurrentSession = RouterOutputs['identity']['sessions']['current']

/** What the server decides for the pages when it starts. */
export interface ClientConfig {
  /** Address of the HTTP API, for the equivalent command of a form. */
  apiUrl: string
  /** How long a deleted instance can be restored, in seconds; 0: not at all. */
  reclaimSeconds: number
  /** When a resize that nobody judged is confirmed by itself, in seconds; 0: never. */
  resizeConfirmSeconds: number
  /** Domain of names on networks that have none of their own; empty: none. */
  dnsDomain: string
}

/** Where {@link useSession} looks; filled by the SessionProvider. */
export const SessionContext = createContext<{ session: CurrentSession; config: ClientConfig } | null>(null)

/** The session of whoever looks at the page. */
export function useSession(): CurrentSession {
  const context = useContext(SessionContext)
  if (!context) throw new Error('useSession needs a SessionProvider')
  return context.session
}

/** What the server decided for the pages. */
export function useClientConfig(): ClientConfig {
  const context = useContext(SessionContext)
  if (!context) throw new Error('useClientConfig needs a SessionProvider')
  return context.config
}

/** Why the signed-in person may not change anything in this project, or null. */
export function useWhyReadOnly(): string | null {
  const { isAdmin, roles, project } = useSession()
  if (!project) return 'Choose a project first.'
  if (isAdmin || roles.some((role) => role !== 'reader')) return null
  return `Your role on ${project.name} is reader; changes need the role member.`
}
