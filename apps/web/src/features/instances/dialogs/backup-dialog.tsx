'use client'
import { useState } from 'react'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { Select } from '#ui/select.tsx'
import { useCopyWords } from '../copy-words.ts'
import { ActionForm } from './action-form.tsx'
import type { ActionDialogProps } from './registry.ts'

/** Asks which kind of backup is made now, and how many of them are kept. */
export function BackupDialog({ row, onClose }: ActionDialogProps) {
  const words = useCopyWords(row)
  const [name, setName] = useState(`${row.name}-backup`)
  const [backupType, setBackupType] = useState('daily')
  const [keep, setKeep] = useState('7')
  const rotation = Number(keep)
  const wrong = !Number.isInteger(rotation) || rotation < 1 || rotation > 1000
  return (
    <ActionForm
      action="createBackup"
      row={row}
      title={`Back up ${row.name}`}
      description={`Its root disk becomes an image that counts as a backup. Afterwards the oldest backups of the same kind are deleted, so that so many stay. Protected images stay in any case. ${words}`}
      fields={['name', 'backupType', 'rotation']}
      reason={name.trim() === '' ? 'Enter a name.' : wrong ? 'Keep 1 to 1000 backups.' : null}
      submit={(instances) => instances.createBackup.mutate({ id: row.id, name, backupType, rotation })}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field label="Name of the image" error={errors.name}>
            <Input value={name} onChange={(event) => setName(event.target.value)} maxLength={255} autoFocus />
          </Field>
          <Field label="Kind" error={errors.backupType}>
            <Select
              value={backupType}
              onChange={setBackupType}
              options={[
                { value: 'daily', label: 'Daily' },
                { value: 'weekly', label: 'Weekly' },
              ]}
            />
          </Field>
          <Field label="Keep" error={errors.rotation} hint="How many backups of this kind stay.">
            <Input
              type="number"
              min={1}
              max={1000}
              value={keep}
              onChange={(event) => setKeep(event.target.value)}
            />
          </Field>
        </>
      )}
    </ActionForm>
  )
}
