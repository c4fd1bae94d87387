import type { ReactNode } from 'react'
import { SessionProvider } from '#features/session/session-provider.tsx'
import { ToLogin } from '#features/session/to-login.tsx'
import { clientConfig } from '#server/client-config.ts'
import { eventPlace } from '#server/events.ts'
import { readPageSession } from '#server/session.ts'

/** Windows with one thing in them: signed in like all pages, without the frame around those. */
export default async function WindowLayout({ children }: { children: ReactNode }) {
  const seq = eventPlace()
  const session = await readPageSession()
  if (!session) return <ToLogin />
  return (
    <SessionProvider initial={session} config={clientConfig()} seq={seq}>
      {children}
    </SessionProvider>
  )
}
