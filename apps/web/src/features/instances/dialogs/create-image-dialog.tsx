'use client'
import { useState } from 'react'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { useCopyWords } from '../copy-words.ts'
import { ActionForm } from './action-form.tsx'
import type { ActionDialogProps } from './registry.ts'

/** Asks what the image of an instance is called. */
export function CreateImageDialog({ row, onClose }: ActionDialogProps) {
  const words = useCopyWords(row)
  const [name, setName] = useState(`${row.name}-snapshot`)
  return (
    <ActionForm
      action="createImage"
      row={row}
      title={`Create an image of ${row.name}`}
      description={`Its root disk, as it is at one moment, becomes an image of this project. The instance goes on as it is. ${words}`}
      fields={['name']}
      reason={name.trim() === '' ? 'Enter a name.' : null}
      submit={(instances) => instances.createImage.mutate({ id: row.id, name })}
      onClose={onClose}
    >
      {(errors) => (
        <Field label="Name of the image" error={errors.name}>
          <Input value={name} onChange={(event) => setName(event.target.value)} maxLength={255} autoFocus />
        </Field>
      )}
    </ActionForm>
  )
}
