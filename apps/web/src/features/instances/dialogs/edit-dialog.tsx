'use client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTRPC } from '#trpc/client.ts'
import { Field } from '#ui/field.tsx'
import { Textarea } from '#ui/input.tsx'
import { RadioCards } from '#ui/radio-cards.tsx'
import { ActionForm } from './action-form.tsx'
import type { ActionDialogProps } from './registry.ts'

/** Edits what is said about an instance, and what happens when its guest crashes. */
export function EditDialog({ row, onClose }: ActionDialogProps) {
  const trpc = useTRPC()
  const { data: instance } = useQuery(trpc.compute.instances.show.queryOptions({ id: row.id }))
  const [description, setDescription] = useState<string>()
  const [policy, setPolicy] = useState<'never' | 'on-failure'>()
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
          <fieldset className="flex flex-col gap-1.5">
            <legend className="mb-1.5 text-[13px] font-medium">When its guest crashes</legend>
            <RadioCards
              label="When its guest crashes"
              value={policy ?? instance?.restartPolicy}
              onChange={setPolicy}
              options={[
                { value: 'never', title: 'Leave it off', facts: 'It is stopped, and says that it crashed.' },
                {
                  value: 'on-failure',
                  title: 'Start it again',
                  facts: 'At once, then after longer and longer pauses; at most 5 times within an hour.',
                },
              ]}
            />
          </fieldset>
        </>
      )}
    </ActionForm>
  )
}
