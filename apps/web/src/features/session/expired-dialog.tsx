'use client'
import { paths } from '#paths.ts'
import { Dialog } from '#ui/dialog.tsx'
import { LoginForm } from './login-form.tsx'
import { useResume } from './session-actions.ts'
import type { CurrentSession } from './use-session.ts'

/** Signs in again on top of the page, so that a half-filled form is still there afterwards. */
export function ExpiredDialog({ session }: { session: CurrentSession }) {
  const resume = useResume()
  return (
    <Dialog
      open
      persistent
      onOpenChange={() => undefined}
      title="Your session has ended"
      description="Sign in again to go on. Nothing on this page is lost."
    >
      <LoginForm known={{ domain: session.user.domainName, name: session.user.name }} onDone={resume} />
      <p className="mt-4 text-center text-xs text-subtle">
        <a href={paths.login()} className="rounded underline underline-offset-2 hover:text-fg">
          Sign in as somebody else
        </a>
      </p>
    </Dialog>
  )
}
