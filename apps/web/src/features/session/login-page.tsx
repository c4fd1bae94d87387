'use client'
import { useQueryClient } from '@tanstack/react-query'
import { useRouter, useSearchParams } from 'next/navigation'
import { Logo } from '#features/shell/logo.tsx'
import { safeReturn } from '#paths.ts'
import { sessionEnded } from './ended.ts'
import { LoginForm } from './login-form.tsx'

/** The way in. Afterwards one is where one wanted to go. */
export function LoginPage() {
  const router = useRouter()
  const next = safeReturn(useSearchParams().get('next'))
  const client = useQueryClient()
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center px-4 py-10">
      <div className="w-full max-w-sm">
        <div className="mb-6 flex flex-col items-center text-center">
          <Logo className="size-10" />
          <h1 className="mt-3 text-xl font-semibold tracking-tight">Sign in to Nephos</h1>
        </div>
        <div className="rounded-xl border border-line bg-surface p-5 sm:p-6">
          <LoginForm
            onDone={() => {
              client.clear()
              sessionEnded.set(false)
              router.replace(next)
              router.refresh()
            }}
          />
        </div>
        <p className="mt-4 text-center text-xs text-subtle">
          First time? The administrator is <span className="font-mono">admin</span>;{' '}
          <span className="font-mono">./nephos status</span> says where the password is kept.
        </p>
      </div>
    </main>
  )
}
