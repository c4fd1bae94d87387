import type { ReactNode } from 'react'
import { UploadDock } from '#features/images/upload/upload-dock.tsx'
import { UploadProvider } from '#features/images/upload/upload-provider.tsx'
import { ActionDialogProvider } from '#features/instances/dialogs/action-dialogs.tsx'
import { Panels } from '#features/panels/panels.tsx'
import { SessionProvider } from '#features/session/session-provider.tsx'
import { ToLogin } from '#features/session/to-login.tsx'
import { Shell } from '#features/shell/shell.tsx'
import { clientConfig } from '#server/client-config.ts'
import { eventPlace } from '#server/events.ts'
import { readPageSession } from '#server/session.ts'

/** Everything behind the login. */
export default async function CloudLayout({ children }: { children: ReactNode }) {
  // The place in the event stream must be taken before anything is read: events after it are replayed.
  const seq = eventPlace()
  const session = await readPageSession()
  if (!session) return <ToLogin />
  return (
    <SessionProvider initial={session} config={clientConfig()} seq={seq}>
      <ActionDialogProvider>
        <UploadProvider>
          <Shell>{children}</Shell>
          <Panels />
          <UploadDock />
        </UploadProvider>
      </ActionDialogProvider>
    </SessionProvider>
  )
}
