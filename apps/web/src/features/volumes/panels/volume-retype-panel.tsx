'use client'
import { useMutation } from '@tanstack/react-query'
import { toast } from 'sonner'
import { ApiCall } from '#features/forms/api-call.tsx'
import { FormPanel } from '#features/forms/form-panel.tsx'
import { useDraft } from '#features/forms/use-draft.ts'
import { useWorkToast } from '#features/operations/use-work-toast.ts'
import { PanelOf } from '#features/panels/panel-of.tsx'
import { useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { CheckField } from '#ui/check-field.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { FieldError } from '#ui/field.tsx'
import { RadioCards } from '#ui/radio-cards.tsx'
import { volumeReason } from '../actions.ts'
import { type VolumeRow, volumeLabel } from '../row.ts'
import { typeFacts, useVolumeTypes } from '../types.tsx'
import { useVolume, useVolumeAsker } from '../use-volume.ts'

/** Gives a volume another type. */
export function VolumeRetypePanel({ of, onClose }: { of: string; onClose: () => void }) {
  return (
    <PanelOf title="Change type" query={useVolume(of)} onClose={onClose}>
      {(volume) => <Form volume={volume} onClose={onClose} />}
    </PanelOf>
  )
}

function Form({ volume, onClose }: { volume: VolumeRow; onClose: () => void }) {
  const trpc = useTRPC()
  const asker = useVolumeAsker()
  const say = useWorkToast()
  const { types, error } = useVolumeTypes()
  const [draft, change, dirty] = useDraft({ typeId: '', move: false })
  const input = {
    id: volume.id,
    typeId: draft.typeId,
    migrationPolicy: draft.move ? ('on-demand' as const) : ('never' as const),
  }
  const retype = useMutation(
    trpc.volume.volumes.retype.mutationOptions({
      onSuccess: ({ operationId, volume: saved }) => {
        if (operationId) say(`Moving ${volumeLabel(saved)} to where its new type is kept`, operationId)
        else toast.success(`${volumeLabel(saved)} has the type ${saved.typeName}`)
        onClose()
      },
    }),
  )
  const noMove =
    volume.attachments.length > 0
      ? 'It cannot move while it is attached.'
      : volume.snapshotCount > 0
        ? 'It cannot move while it has snapshots.'
        : null
  return (
    <FormPanel
      title="Change type"
      description={`${volumeLabel(volume)} has the type ${volume.typeName}. Another one changes its limits and where it is kept.`}
      submit="Change type"
      mutation={retype}
      fields={['typeId', 'migrationPolicy']}
      reason={volumeReason('retype', volume, asker) ?? (draft.typeId ? null : 'Choose a type.')}
      dirty={dirty}
      onSubmit={() => retype.mutate(input)}
      onClose={onClose}
    >
      {(errors) => (
        <>
          {error && <ErrorPanel error={readError(error)} />}
          <RadioCards
            label="New type"
            value={draft.typeId || undefined}
            invalid={Boolean(errors.typeId)}
            onChange={(typeId) => change({ typeId })}
            options={(types ?? []).map((type) => ({
              value: type.id,
              title: type.name,
              facts: typeFacts(type),
              reason:
                type.id === volume.typeId
                  ? 'It has this type.'
                  : (type.encryption !== null) !== volume.encrypted
                    ? volume.encrypted
                      ? 'The volume is encrypted; this type is not.'
                      : 'This type is encrypted; the volume is not.'
                    : null,
            }))}
          />
          {errors.typeId && <FieldError>{errors.typeId}</FieldError>}
          <CheckField
            label="Move it to another back end if it has to"
            hint="Where its back end does not do for the new type, everything on it is copied to one that does."
            reason={noMove}
            error={errors.migrationPolicy}
            checked={draft.move}
            onChange={(next) => change({ move: next })}
          />
          <ApiCall verb="volume.volumes.retype" input={{ ...input, typeId: input.typeId || 'TYPE' }} />
        </>
      )}
    </FormPanel>
  )
}
