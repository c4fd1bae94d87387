'use client'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { toast } from 'sonner'
import { TokensCard } from '#features/tokens/tokens-card.tsx'
import { useTRPC } from '#trpc/client.ts'
import { fieldErrors, readError } from '#trpc/error.ts'
import { Button } from '#ui/button.tsx'
import { Card, Facts } from '#ui/card.tsx'
import { Copyable } from '#ui/copy.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { Field } from '#ui/field.tsx'
import { formatMoment } from '#ui/format.ts'
import { Input } from '#ui/input.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { SessionsCard } from './sessions-card.tsx'
import { useSession } from './use-session.ts'

/** Who one is, one's password, and where one is signed in. */
export function AccountPage() {
  const { user, roles, project, isAdmin, idleExpiresAt, absoluteExpiresAt } = useSession()
  return (
    <>
      <PageHeader
        title="Account"
        description="You, your password, your API tokens, and where you are signed in."
      />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <Card title="You">
          <Facts
            items={[
              { label: 'Name', value: user.name },
              { label: 'Domain', value: user.domainName },
              { label: 'User ID', value: <Copyable value={user.id} what="ID" /> },
              {
                label: project ? `Roles on ${project.name}` : 'Roles',
                value: [...roles, ...(isAdmin ? ['administrator of the cloud'] : [])].join(', ') || 'none',
              },
              { label: 'Session ends without a click', value: formatMoment(idleExpiresAt) },
              { label: 'Session ends in any case', value: formatMoment(absoluteExpiresAt) },
            ]}
          />
        </Card>
        <PasswordCard />
        <TokensCard />
        <SessionsCard />
      </div>
    </>
  )
}

function PasswordCard() {
  const trpc = useTRPC()
  const client = useQueryClient()
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const [again, setAgain] = useState('')
  const [mismatch, setMismatch] = useState(false)
  const change = useMutation(
    trpc.identity.users.changeOwnPassword.mutationOptions({
      onSuccess: () => {
        setCurrent('')
        setNext('')
        setAgain('')
        toast.success('Password changed')
        void client.invalidateQueries(trpc.identity.sessions.list.pathFilter())
      },
    }),
  )
  const error = change.error ? readError(change.error) : null
  const errors = fieldErrors(error)
  return (
    <Card title="Password">
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          setMismatch(next !== again)
          if (next === again) change.mutate({ current, next })
        }}
      >
        {error && !errors.current && !errors.next && <ErrorPanel error={error} />}
        <Field label="Current password" error={errors.current}>
          <Input
            type="password"
            autoComplete="current-password"
            value={current}
            onChange={(event) => setCurrent(event.target.value)}
            required
          />
        </Field>
        <Field label="New password" error={errors.next}>
          <Input
            type="password"
            autoComplete="new-password"
            value={next}
            onChange={(event) => setNext(event.target.value)}
            required
          />
        </Field>
        <Field label="New password again" error={mismatch ? 'The two are not the same.' : null}>
          <Input
            type="password"
            autoComplete="new-password"
            value={again}
            onChange={(event) => setAgain(event.target.value)}
            required
          />
        </Field>
        <Button type="submit" variant="primary" loading={change.isPending} className="self-start">
          Change password
        </Button>
      </form>
    </Card>
  )
}
