'use client'
import { useMutation } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { type RouterOutputs, useTRPC } from '#trpc/client.ts'
import { fieldErrors, readError, retryAfterSeconds } from '#trpc/error.ts'
import { Button } from '#ui/button.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'

type LoggedIn = RouterOutputs['identity']['sessions']['login']

/** Name and password. Errors stand where they belong; after too many attempts it counts the seconds down. */
export function LoginForm({
  onDone,
  known,
}: {
  onDone: (result: LoggedIn) => void
  /** Who signs in again; the name then cannot be changed. */
  known?: { domain: string; name: string }
}) {
  const trpc = useTRPC()
  const [name, setName] = useState(known?.name ?? '')
  const [password, setPassword] = useState('')
  const [domain, setDomain] = useState(known?.domain ?? 'Default')
  const [otherDomain, setOtherDomain] = useState(false)
  const [missing, setMissing] = useState<Record<string, string>>({})
  const login = useMutation(trpc.identity.sessions.login.mutationOptions({ onSuccess: onDone }))
  const error = login.error ? readError(login.error) : null
  const wait = useCountdown(error ? retryAfterSeconds(error) : null, login.submittedAt)
  const fields = { ...fieldErrors(error), ...missing }
  const shownAtField = error?.field && ['name', 'password', 'domain'].includes(error.field)

  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        const empty = {
          ...(name.trim() === '' && { name: 'Enter your user name.' }),
          ...(password === '' && { password: 'Enter your password.' }),
        }
        setMissing(empty)
        if (Object.keys(empty).length === 0 && wait === 0)
          login.mutate({ domain, name: name.trim(), password })
      }}
    >
      {error && !shownAtField && (
        <ErrorPanel
          error={
            wait > 0
              ? { ...error, remedy: `Try again in ${wait} s.` }
              : error.code === 'unauthenticated'
                ? { ...error, requestId: null }
                : error
          }
        />
      )}
      <Field label="User name" error={fields.name}>
        <Input
          value={name}
          onChange={(event) => setName(event.target.value)}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          readOnly={known !== undefined}
          autoFocus={known === undefined}
        />
      </Field>
      <Field label="Password" error={fields.password}>
        <Input
          type="password"
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          autoComplete="current-password"
          autoFocus={known !== undefined}
        />
      </Field>
      {otherDomain || fields.domain ? (
        <Field label="Domain" error={fields.domain}>
          <Input value={domain} onChange={(event) => setDomain(event.target.value)} autoCapitalize="none" />
        </Field>
      ) : (
        !known && (
          <button
            type="button"
            className="self-start rounded text-xs text-subtle hover:text-fg"
            onClick={() => setOtherDomain(true)}
          >
            Domain {domain} · change
          </button>
        )
      )}
      <Button
        type="submit"
        variant="primary"
        loading={login.isPending}
        reason={wait > 0 ? `Too many attempts. Try again in ${wait} s.` : null}
        className="w-full"
      >
        {wait > 0 ? `Wait ${wait} s` : 'Sign in'}
      </Button>
    </form>
  )
}

/** Seconds left of a wait that began at `from`. */
function useCountdown(seconds: number | null, from: number): number {
  const [now, setNow] = useState(() => Date.now())
  const until = seconds === null ? 0 : from + seconds * 1000
  const left = Math.max(0, Math.ceil((until - now) / 1000))
  useEffect(() => {
    if (until <= Date.now()) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), 500)
    return () => clearInterval(timer)
  }, [until])
  return left
}
