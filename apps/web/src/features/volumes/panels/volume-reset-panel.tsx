'use client'
import { type VolumeStatusName, volumeStatuses } from '@nephos/core/volume-states'
import { useMutation } from '@tanstack/react-query'
import { toast } from 'sonner'
import { ApiCall } from '#features/forms/api-call.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useTRPC } from '#trpc/client.ts'
import { CheckField } from '#ui/check-field.tsx'
import { Field } from '#ui/field.tsx'
import { count } from '#ui/format.ts'
import { Select } from '#ui/select.tsx'
import { volumeReason } from '../actions.ts'
import { isMigrating, statusChoice, type VolumeRow, volumeLabel } from '../row.ts'
import { useVolume, useVolumeAsker } from '../use-volume.ts'

/** Says what a volume is, without looking. */
export function VolumeResetPanel({ of, onClose }: { of: string; onClose: () => void }) {
  return (
    <PanelOf title="Reset status" query={useVolume(of)} onClose={onClose}>
      {(volume) => <Form volume={volume} onClose={onClose} />}
    </PanelOf>
  )
}

function Form({ volume, onClose }: { volume: VolumeRow; onClose: () => void }) {
  const trpc = useTRPC()
  const asker = useVolumeAsker()
  const [draft, change, dirty] = useDraft<{ status: VolumeStatusName; detached: boolean; moves: boolean }>({
    status: volume.attachments.length > 0 ? 'in_use' : 'available',
    detached: false,
    moves: false,
  })
  const input = {
    id: volume.id,
    status: draft.status,
    ...(draft.detached && { detached: true }),
    ...(draft.moves && { migrationStatus: null }),
  }
  const reset = useMutation(
    trpc.volume.volumes.resetStatus.mutationOptions({
      onSuccess: (saved) => {
        toast.success(`The status of ${volumeLabel(saved)} was reset`)
        onClose()
      },
    }),
  )
  return (
    <FormPanel
      title="Reset status"
      description={`Writes down what ${volumeLabel(volume)} is, without looking: nothing is done on any host. For after something was repaired by hand.`}
      submit="Reset status"
      danger
      mutation={reset}
      fields={['status']}
      reason={volumeReason('resetStatus', volume, asker)}
      dirty={dirty}
      onSubmit={() => reset.mutate(input)}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field label="Status" error={errors.status}>
            <Select
              value={draft.status}
              onChange={(status) => change({ status: status as VolumeStatusName })}
              options={volumeStatuses.map(statusChoice)}
            />
          </Field>
          {volume.attachments.length > 0 && (
            <CheckField
              label={`Forget ${count(volume.attachments.length, 'attachment')}`}
              hint="A guest that still writes to it may destroy what is on it."
              checked={draft.detached}
              onChange={(detached) => change({ detached })}
            />
          )}
          {isMigrating(volume) && (
            <CheckField
              label="It does not move"
              hint="Forgets that it is on its way to another back end."
              checked={draft.moves}
              onChange={(moves) => change({ moves })}
            />
          )}
          <ApiCall verb="volume.volumes.resetStatus" input={input} />
        </>
      )}
    </FormPanel>
  )
}
