'use client'
import { useMutation } from '@tanstack/react-query'
import { toast } from 'sonner'
import { ApiCall } from '#features/forms/api-call.tsx'
import { DescriptionField } from '#features/forms/description-field.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useTRPC } from '#trpc/client.ts'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { volumeReason } from '../actions.ts'
import { type VolumeRow, volumeLabel } from '../row.ts'
import { useVolume, useVolumeAsker } from '../use-volume.ts'

/** Renames and describes a volume. */
export function VolumeEditPanel({ of, onClose }: { of: string; onClose: () => void }) {
  return (
    <PanelOf title="Edit volume" query={useVolume(of)} onClose={onClose}>
      {(volume) => <Form volume={volume} onClose={onClose} />}
    </PanelOf>
  )
}

function Form({ volume, onClose }: { volume: VolumeRow; onClose: () => void }) {
  const trpc = useTRPC()
  const asker = useVolumeAsker()
  const [draft, change, dirty] = useDraft({ name: volume.name, description: volume.description })
  const input = { id: volume.id, name: draft.name.trim(), description: draft.description.trim() }
  const save = useMutation(
    trpc.volume.volumes.update.mutationOptions({
      onSuccess: (saved) => {
        toast.success(`${volumeLabel(saved)} saved`)
        onClose()
      },
    }),
  )
  return (
    <FormPanel
      title="Edit volume"
      description={volumeLabel(volume)}
      submit="Save"
      mutation={save}
      fields={['name', 'description']}
      reason={volumeReason('edit', volume, asker) ?? (dirty ? null : 'Nothing has changed.')}
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
          <ApiCall verb="volume.volumes.update" input={input} />
        </>
      )}
    </FormPanel>
  )
}
