'use client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTRPC } from '#trpc/client.ts'
import { Field } from '#ui/field.tsx'
import { Textarea } from '#ui/input.tsx'
import { type RestartPolicy, RestartPolicyField } from '../restart-policy-field.tsx'
import { ActionForm } from './action-form.tsx'
import type { ActionDialogProps } from './registry.ts'

/** Edits what is said about an instance, and what happens when its guest crashes. */
export function EditDialog({ row, onClose }: ActionDialogProps) {
  const trpc = useTRPC()
  const { data: instance } = useQuery(trpc.compute.instances.show.queryOptions({ id: row.id }))
  const [description, setDescription] = useState<string>()
  const [policy, setPolicy] = useState<RestartPolicy>()
  const unchanged =
    (description ?? instance?.description) === instance?.description &&
    (policy ?? instance?.restartPolicy) === instance?.restartPolicy
  return (
    <ActionForm
      action="edit"
      row={row}
      title={`Edit ${row.name}`}
      fields={['description']}
      reason={!instance ? 'It is still being read.' : unchanged ? 'Nothing has changed.' : null}
      submit={(instances) => instances.update.mutate({ id: row.id, description, restartPolicy: policy })}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field label="Description" optional error={errors.description}>
            <Textarea
              value={description ?? instance?.description ?? ''}
              onChange={(event) => setDescription(event.target.value)}
              maxLength={255}
            />
          </Field>
          <RestartPolicyField value={policy ?? instance?.restartPolicy} onChange={setPolicy} />
        </>
      )}
    </ActionForm>
  )
}
