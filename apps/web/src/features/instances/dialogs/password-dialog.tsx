'use client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTRPC } from '#trpc/client.ts'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { ActionForm } from './action-form.tsx'
import type { ActionDialogProps } from './registry.ts'

/** Asks for a new password of a user in the guest. */
export function PasswordDialog({ row, onClose }: ActionDialogProps) {
  const trpc = useTRPC()
  const { data: instance } = useQuery(trpc.compute.instances.show.queryOptions({ id: row.id }))
  const [userName, setUserName] = useState('root')
  const [password, setPassword] = useState('')
  const noAgent = instance && !instance.guestAgent
  return (
    <ActionForm
      action="changePassword"
      row={row}
      title={`Change a password in ${row.name}`}
      description={
        noAgent
          ? 'Its image has no guest agent, so nobody inside the guest could set a password.'
          : 'The agent inside the guest sets it. It is stored nowhere in the cloud.'
      }
      fields={['userName', 'password']}
      reason={noAgent ? 'The image has no guest agent.' : password === '' ? 'Enter a password.' : null}
      submit={(instances) => instances.changePassword.mutate({ id: row.id, userName, password })}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field label="User" error={errors.userName}>
            <Input
              value={userName}
              onChange={(event) => setUserName(event.target.value)}
              autoComplete="off"
              spellCheck={false}
            />
          </Field>
          <Field label="New password" error={errors.password}>
            <Input
              type="password"
              value={password}
              onChange={(event) => setPassword(event.target.value)}
              autoComplete="new-password"
              autoFocus
            />
          </Field>
        </>
      )}
    </ActionForm>
  )
}
