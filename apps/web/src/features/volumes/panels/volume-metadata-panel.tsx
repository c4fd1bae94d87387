'use client'
import { useMutation } from '@tanstack/react-query'
import { toast } from 'sonner'
import { ApiCall } from '#features/forms/api-call.tsx'
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
import { useTRPC } from '#trpc/client.ts'
import { FieldError } from '#ui/field.tsx'
import { volumeReason } from '../actions.ts'
import { type VolumeRow, volumeLabel } from '../row.ts'
import { useVolume, useVolumeAsker } from '../use-volume.ts'

interface PanelProps {
  of: string
  onClose: () => void
}

/** Edits what people keep with a volume. */
export function VolumeMetadataPanel({ of, onClose }: PanelProps) {
  return (
    <PanelOf title="Metadata" query={useVolume(of)} onClose={onClose}>
      {(volume) => <Form volume={volume} onClose={onClose} />}
    </PanelOf>
  )
}

/** Edits the properties that a volume has of its image. */
export function VolumeImageMetadataPanel({ of, onClose }: PanelProps) {
  return (
    <PanelOf title="Image properties" query={useVolume(of)} onClose={onClose}>
      {(volume) => <Form volume={volume} ofImage onClose={onClose} />}
    </PanelOf>
  )
}

function Form({
  volume,
  ofImage = false,
  onClose,
}: {
  volume: VolumeRow
  ofImage?: boolean
  onClose: () => void
}) {
  const trpc = useTRPC()
  const asker = useVolumeAsker()
  const before = (ofImage ? volume.imageProperties : volume.metadata) ?? {}
  const [draft, change, dirty] = useDraft<{ items: MetadataItem[] }>({
    items: Object.entries(before).map(([key, value], place) => ({ place, key, value })),
  })
  const onSuccess = (saved: VolumeRow) => {
    toast.success(`${ofImage ? 'Image properties' : 'Metadata'} of ${volumeLabel(saved)} saved`)
    onClose()
  }
  const own = useMutation(trpc.volume.volumes.setMetadata.mutationOptions({ onSuccess }))
  const image = useMutation(trpc.volume.volumes.setImageMetadata.mutationOptions({ onSuccess }))
  const save = ofImage ? image : own
  const input = { id: volume.id, set: metadataOf(draft.items), replace: true }
  return (
    <FormPanel
      title={ofImage ? 'Image properties' : 'Metadata'}
      description={
        ofImage
          ? `Of ${volumeLabel(volume)}. Instances that boot from it follow them.`
          : `Of ${volumeLabel(volume)}: what you want to remember of it.`
      }
      submit="Save"
      mutation={save}
      fields={['set']}
      reason={
        volumeReason('metadata', volume, asker) ??
        metadataProblem(draft.items) ??
        (dirty ? null : 'Nothing has changed.')
      }
      dirty={dirty}
      onSubmit={() => save.mutate(input)}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <MetadataItems items={draft.items} onChange={(items) => change({ items })} />
          {errorBelow(errors, 'set') && <FieldError>{errorBelow(errors, 'set')}</FieldError>}
          <ApiCall
            verb={ofImage ? 'volume.volumes.setImageMetadata' : 'volume.volumes.setMetadata'}
            input={input}
          />
        </>
      )}
    </FormPanel>
  )
}
