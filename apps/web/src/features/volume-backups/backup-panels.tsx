'use client'
import { type BackupStatusName, backupStatuses } from '@nephos/core/volume-states'
import { useMutation, useQuery } from '@tanstack/react-query'
import { toast } from 'sonner'
import { ApiCall } from '#features/forms/api-call.tsx'
import { DescriptionField } from '#features/forms/description-field.tsx'
import { errorBelow } from '#features/forms/form-errors.ts'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import {
  type MetadataItem,
  MetadataItems,
  metadataOf,
  metadataProblem,
} from '#features/instances/metadata-items.tsx'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { volumeLabel } from '#features/volumes/row.ts'
import { useVolumeAsker } from '#features/volumes/use-volume.ts'
import { useTRPC } from '#trpc/client.ts'
import { Field, FieldError } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { Select } from '#ui/select.tsx'
import { type BackupRow, backupReason, statusChoice } from './row.ts'

interface PanelProps {
  of: string
  onClose: () => void
}
interface FormProps {
  backup: BackupRow
  onClose: () => void
}

const useBackup = (id: string) => {
  const trpc = useTRPC()
  return useQuery(trpc.volume.backups.show.queryOptions({ id }))
}

/** Renames and describes a backup, and changes its metadata. */
export function BackupEditPanel({ of, onClose }: PanelProps) {
  return (
    <PanelOf title="Edit backup" query={useBackup(of)} onClose={onClose}>
      {(backup) => <EditForm backup={backup} onClose={onClose} />}
    </PanelOf>
  )
}

function EditForm({ backup, onClose }: FormProps) {
  const trpc = useTRPC()
  const asker = useVolumeAsker()
  const [draft, change, dirty] = useDraft<{ name: string; description: string; items: MetadataItem[] }>({
    name: backup.name,
    description: backup.description,
    items: Object.entries(backup.metadata).map(([key, value], place) => ({ place, key, value })),
  })
  const input = {
    id: backup.id,
    name: draft.name.trim(),
    description: draft.description.trim(),
    metadata: metadataOf(draft.items),
  }
  const save = useMutation(
    trpc.volume.backups.update.mutationOptions({
      onSuccess: (saved) => {
        toast.success(`${volumeLabel(saved)} saved`)
        onClose()
      },
    }),
  )
  return (
    <FormPanel
      title="Edit backup"
      description={volumeLabel(backup)}
      submit="Save"
      mutation={save}
      fields={['name', 'description', 'metadata']}
      reason={
        backupReason('edit', backup, asker) ??
        metadataProblem(draft.items) ??
        (dirty ? null : 'Nothing has changed.')
      }
      dirty={dirty}
      onSubmit={() => save.mutate(input)}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field label="Name" optional error={errors.name}>
            <Input
              value={draft.name}
              maxLength={255}
              autoFocus
              spellCheck={false}
              onChange={(event) => change({ name: event.target.value })}
            />
          </Field>
          <DescriptionField
            value={draft.description}
            error={errors.description}
            onChange={(description) => change({ description })}
          />
          <fieldset className="flex min-w-0 flex-col gap-2">
            <legend className="mb-1.5 text-[13px] font-medium">Metadata</legend>
            <MetadataItems items={draft.items} onChange={(items) => change({ items })} />
            {errorBelow(errors, 'metadata') && <FieldError>{errorBelow(errors, 'metadata')}</FieldError>}
          </fieldset>
          <ApiCall verb="volume.backups.update" input={input} />
        </>
      )}
    </FormPanel>
  )
}

/** Says what a backup is, without looking. */
export function BackupResetPanel({ of, onClose }: PanelProps) {
  return (
    <PanelOf title="Reset status" query={useBackup(of)} onClose={onClose}>
      {(backup) => <ResetForm backup={backup} onClose={onClose} />}
    </PanelOf>
  )
}

function ResetForm({ backup, onClose }: FormProps) {
  const trpc = useTRPC()
  const asker = useVolumeAsker()
  const [draft, change, dirty] = useDraft<{ status: BackupStatusName }>({ status: 'available' })
  const input = { id: backup.id, status: draft.status }
  const reset = useMutation(
    trpc.volume.backups.resetStatus.mutationOptions({
      onSuccess: (saved) => {
        toast.success(`The status of ${volumeLabel(saved)} was reset`)
        onClose()
      },
    }),
  )
  return (
    <FormPanel
      title="Reset status"
      description={`Writes down what ${volumeLabel(backup)} is, without looking: nothing is done on any host.`}
      submit="Reset status"
      danger
      mutation={reset}
      fields={['status']}
      reason={backupReason('resetStatus', backup, asker)}
      dirty={dirty}
      onSubmit={() => reset.mutate(input)}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field label="Status" error={errors.status}>
            <Select
              value={draft.status}
              onChange={(status) => change({ status: status as BackupStatusName })}
              options={backupStatuses.map(statusChoice)}
            />
          </Field>
          <ApiCall verb="volume.backups.resetStatus" input={input} />
        </>
      )}
    </FormPanel>
  )
}
