'use client'
import { useState } from 'react'
import { RadioCards } from '#ui/radio-cards.tsx'
import { ActionForm } from './action-form.tsx'
import type { ActionDialogProps } from './registry.ts'

/** Asks which state is written over the one that hangs. */
export function ResetStateDialog({ row, onClose }: ActionDialogProps) {
  const [state, setState] = useState<'active' | 'error'>('error')
  return (
    <ActionForm
      action="resetState"
      row={row}
      title={`Reset the state of ${row.name}`}
      description="For an instance that hangs in a task. Only what the cloud remembers is written; nothing is done to its machine."
      submit={(instances) => instances.resetState.mutate({ id: row.id, state })}
      onClose={onClose}
    >
      {() => (
        <RadioCards
          label="State"
          value={state}
          onChange={setState}
          options={[
            { value: 'error', title: 'Error', facts: 'It can be rebooted hard, rebuilt or deleted then.' },
            {
              value: 'active',
              title: 'Active',
              facts: 'The power state is corrected to what its host sees within a minute.',
            },
          ]}
        />
      )}
    </ActionForm>
  )
}
