'use client'
import { useState } from 'react'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { ActionForm } from './action-form.tsx'
import type { ActionDialogProps } from './registry.ts'

/** Asks why an instance is locked. */
export function LockDialog({ row, onClose }: ActionDialogProps) {
  const [reason, setReason] = useState(row.lockedReason ?? '')
  return (
    <ActionForm
      action="lock"
      row={row}
      title={`Lock ${row.name}`}
      description="Until it is unlocked, only administrators can stop, change or delete it."
      fields={['reason']}
      submit={(instances) => instances.lock.mutate({ id: row.id, reason: reason.trim() || undefined })}
      onClose={onClose}
    >
      {(errors) => (
        <Field label="Reason" optional error={errors.reason} hint="Everybody in the project can read it.">
          <Input value={reason} onChange={(event) => setReason(event.target.value)} autoFocus />
        </Field>
      )}
    </ActionForm>
  )
}
