'use client'
import { useMutation } from '@tanstack/react-query'
import { ApiCall } from '#features/forms/api-call.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { useWorkToast } from '#features/operations/use-work-toast.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useTRPC } from '#trpc/client.ts'
import { CheckField } from '#ui/check-field.tsx'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { volumeReason } from '../actions.ts'
import { type VolumeRow, volumeLabel } from '../row.ts'
import { useVolume, useVolumeAsker } from '../use-volume.ts'

/** Makes an image of a volume. */
export function VolumeImagePanel({ of, onClose }: { of: string; onClose: () => void }) {
  return (
    <PanelOf title="Create image of volume" query={useVolume(of)} onClose={onClose}>
      {(volume) => <Form volume={volume} onClose={onClose} />}
    </PanelOf>
  )
}

function Form({ volume, onClose }: { volume: VolumeRow; onClose: () => void }) {
  const trpc = useTRPC()
  const asker = useVolumeAsker()
  const say = useWorkToast()
  const inUse = volume.status === 'in_use'
  const [draft, change, dirty] = useDraft({ name: volume.name, protected: false, force: false })
  const input = {
    id: volume.id,
    name: draft.name.trim(),
    ...(draft.protected && { protected: true }),
    ...(draft.force && { force: true }),
  }
  const upload = useMutation(
    trpc.volume.volumes.uploadToImage.mutationOptions({
      onSuccess: ({ operationId }) => {
        say(`Making the image ${input.name} of ${volumeLabel(volume)}`, operationId)
        onClose()
      },
    }),
  )
  return (
    <FormPanel
      title="Create image of volume"
      description={`What ${volumeLabel(volume)} holds becomes an image of this project, which instances and volumes can be made from.`}
      submit="Create image"
      mutation={upload}
      fields={['name', 'force', 'protected']}
      reason={
        volumeReason('upload', volume, asker) ??
        (input.name
          ? inUse && !draft.force
            ? 'Say that it may be made while the volume is in use.'
            : null
          : 'Give the image a name.')
      }
      dirty={dirty}
      onSubmit={() => upload.mutate(input)}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field label="Name of the image" error={errors.name}>
            <Input
              value={draft.name}
              maxLength={255}
              autoFocus
              spellCheck={false}
              onChange={(event) => change({ name: event.target.value })}
            />
          </Field>
          {inUse && (
            <CheckField
              label="Although it is in use"
              hint="It is copied from a snapshot: what the guest has not written to its disk yet is missing. Stop the instance for an image that is certainly whole."
              error={errors.force}
              checked={draft.force}
              onChange={(force) => change({ force })}
            />
          )}
          <CheckField
            label="Protected"
            hint="It cannot be deleted until the protection is taken off."
            error={errors.protected}
            checked={draft.protected}
            onChange={(value) => change({ protected: value })}
          />
          <ApiCall verb="volume.volumes.uploadToImage" input={{ ...input, name: input.name || 'data' }} />
        </>
      )}
    </FormPanel>
  )
}
