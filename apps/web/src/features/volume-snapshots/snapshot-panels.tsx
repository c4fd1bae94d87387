'use client'
import { type SnapshotStatusName, snapshotStatuses } from '@nephos/core/volume-states'
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
import { type SnapshotRow, snapshotReason, statusChoice } from './row.ts'

interface PanelProps {
  of: string
  onClose: () => void
}
interface FormProps {
  snapshot: SnapshotRow
  onClose: () => void
}

const useSnapshot = (id: string) => {
  const trpc = useTRPC()
  return useQuery(trpc.volume.snapshots.show.queryOptions({ id }))
}

/** Renames and describes a snapshot, and changes its metadata. */
export function SnapshotEditPanel({ of, onClose }: PanelProps) {
  return (
    <PanelOf title="Edit snapshot" query={useSnapshot(of)} onClose={onClose}>
      {(snapshot) => <EditForm snapshot={snapshot} onClose={onClose} />}
    </PanelOf>
  )
}

function EditForm({ snapshot, onClose }: FormProps) {
  const trpc = useTRPC()
  const asker = useVolumeAsker()
  const [draft, change, dirty] = useDraft<{ name: string; description: string; items: MetadataItem[] }>({
    name: snapshot.name,
    description: snapshot.description,
    items: Object.entries(snapshot.metadata).map(([key, value], place) => ({ place, key, value })),
  })
  const input = {
    id: snapshot.id,
    name: draft.name.trim(),
    description: draft.description.trim(),
    metadata: metadataOf(draft.items),
  }
  const save = useMutation(
    trpc.volume.snapshots.update.mutationOptions({
      onSuccess: (saved) => {
        toast.success(`${volumeLabel(saved)} saved`)
        onClose()
      },
    }),
  )
  return (
    <FormPanel
      title="Edit snapshot"
      description={volumeLabel(snapshot)}
      submit="Save"
      mutation={save}
      fields={['name', 'description', 'metadata']}
      reason={
        snapshotReason('edit', snapshot, asker) ??
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
          <ApiCall verb="volume.snapshots.update" input={input} />
        </>
      )}
    </FormPanel>
  )
}

/** Says what a snapshot is, without looking. */
export function SnapshotResetPanel({ of, onClose }: PanelProps) {
  return (
    <PanelOf title="Reset status" query={useSnapshot(of)} onClose={onClose}>
      {(snapshot) => <ResetForm snapshot={snapshot} onClose={onClose} />}
    </PanelOf>
  )
}

function ResetForm({ snapshot, onClose }: FormProps) {
  const trpc = useTRPC()
  const asker = useVolumeAsker()
  const [draft, change, dirty] = useDraft<{ status: SnapshotStatusName }>({ status: 'available' })
  const input = { id: snapshot.id, status: draft.status }
  const reset = useMutation(
    trpc.volume.snapshots.resetStatus.mutationOptions({
      onSuccess: (saved) => {
        toast.success(`The status of ${volumeLabel(saved)} was reset`)
        onClose()
      },
    }),
  )
  return (
    <FormPanel
      title="Reset status"
      description={`Writes down what ${volumeLabel(snapshot)} is, without looking: nothing is done on any host.`}
      submit="Reset status"
      danger
      mutation={reset}
      fields={['status']}
      reason={snapshotReason('resetStatus', snapshot, asker)}
      dirty={dirty}
      onSubmit={() => reset.mutate(input)}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field label="Status" error={errors.status}>
            <Select
              value={draft.status}
              onChange={(status) => change({ status: status as SnapshotStatusName })}
              options={snapshotStatuses.map(statusChoice)}
            />
          </Field>
          <ApiCall verb="volume.snapshots.resetStatus" input={input} />
        </>
      )}
    </FormPanel>
  )
}
