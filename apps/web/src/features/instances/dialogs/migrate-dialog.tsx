'use client'
import { useState } from 'react'
import { DisksNote } from '#features/hosts/disks-note.tsx'
import { DestinationField } from '#features/migrations/destination-field.tsx'
import { ActionForm } from './action-form.tsx'
import type { ActionDialogProps } from './registry.ts'

/** Asks where an instance moves to while it is off. */
export function MigrateDialog({ row, onClose }: ActionDialogProps) {
  const [host, setHost] = useState<string>()
  return (
    <ActionForm
      action="migrate"
      row={row}
      title={`Migrate ${row.name}`}
      description={`${
        row.vmState === 'active' ? 'It is shut down and started again' : 'It is put'
      } on another host. Then it waits to be confirmed; until then it can be brought back as it was.`}
      fields={['host']}
      submit={(instances) => instances.migrate.mutate({ id: row.id, host })}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <DestinationField value={host} from={row.hostName} error={errors.host} onChange={setHost} />
          <DisksNote from={row.hostName} to={host} />
        </>
      )}
    </ActionForm>
  )
}
