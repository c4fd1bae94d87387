'use client'
import { useState } from 'react'
import { DisksNote } from '#features/hosts/disks-note.tsx'
import { DestinationField } from '#features/migrations/destination-field.tsx'
import { CheckField } from '#ui/check-field.tsx'
import { ActionForm } from './action-form.tsx'
import type { ActionDialogProps } from './registry.ts'

/** Asks where an instance moves to while its guest goes on. */
export function LiveMigrateDialog({ row, onClose }: ActionDialogProps) {
  const [host, setHost] = useState<string>()
  const [force, setForce] = useState(false)
  return (
    <ActionForm
      action="liveMigrate"
      row={row}
      title={`Live migrate ${row.name}`}
      description="Its memory is copied while the guest goes on, and its disks where the new host does not see them. Then it stands still for a moment and goes on there, with its addresses and its connections."
      fields={['host']}
      submit={(instances) => instances.liveMigrate.mutate({ id: row.id, host, force })}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <DestinationField value={host} from={row.hostName} error={errors.host} onChange={setHost} />
          <DisksNote from={row.hostName} to={host} />
          <CheckField
            label="The guest stands still while its memory is copied"
            hint="So that even one that changes its memory all the time arrives. It can also be asked for on the way."
            checked={force}
            onChange={setForce}
          />
        </>
      )}
    </ActionForm>
  )
}
