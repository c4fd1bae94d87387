'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { ApiCall } from '#features/forms/api-call.tsx'
import { DescriptionField } from '#features/forms/description-field.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { useWorkToast } from '#features/operations/use-work-toast.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useTRPC } from '#trpc/client.ts'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { volumeReason } from '../actions.ts'
import { snapshotAmounts } from '../amounts.ts'
import { type VolumeRow, volumeLabel } from '../row.ts'
import { useVolume, useVolumeAsker } from '../use-volume.ts'
import { VolumeQuota } from '../volume-quota.tsx'

/** Keeps what a volume holds now. */
export function VolumeSnapshotPanel({ of, onClose }: { of: string; onClose: () => void }) {
  return (
    <PanelOf title="Take snapshot" query={useVolume(of)} onClose={onClose}>
      {(volume) => <Form volume={volume} onClose={onClose} />}
    </PanelOf>
  )
}

function Form({ volume, onClose }: { volume: VolumeRow; onClose: () => void }) {
  const trpc = useTRPC()
  const asker = useVolumeAsker()
  const say = useWorkToast()
  const [draft, change, dirty] = useDraft({
    name: volume.name ? `${volume.name}-snapshot` : '',
    description: '',
  })
  const { data: quotas } = useQuery(trpc.identity.quotas.show.queryOptions({ projectId: volume.projectId }))
  const input = { volumeId: volume.id, name: draft.name.trim(), description: draft.description.trim() }
  const take = useMutation(
    trpc.volume.snapshots.create.mutationOptions({
      onSuccess: ({ operationId }) => {
        say(`Taking a snapshot of ${volumeLabel(volume)}`, operationId)
        onClose()
      },
    }),
  )
  return (
    <FormPanel
      title="Take snapshot"
      description={`What ${volumeLabel(volume)} holds at this moment is kept. ${
        volume.attachments.length > 0
          ? 'Its guest goes on; what the guest has not written to its disk yet is not in the snapshot.'
          : 'The volume can be used all the time.'
      }`}
      submit="Take snapshot"
      mutation={take}
      fields={['name', 'description', 'volumeId']}
      reason={volumeReason('snapshot', volume, asker)}
      dirty={dirty}
      onSubmit={() => take.mutate(input)}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field label="Name" optional error={errors.name ?? errors.volumeId}>
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
          <VolumeQuota quotas={quotas} amounts={snapshotAmounts(volume)} />
          <ApiCall verb="volume.snapshots.create" input={input} />
        </>
      )}
    </FormPanel>
  )
}
