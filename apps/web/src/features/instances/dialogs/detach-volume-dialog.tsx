'use client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTRPC } from '#trpc/client.ts'
import { Field } from '#ui/field.tsx'
import { Select } from '#ui/select.tsx'
import { volumeLabel, whyNotDetach } from '../detail/volume-words.ts'
import { ActionForm } from './action-form.tsx'
import type { ActionDialogProps } from './registry.ts'

/** Asks which volume is taken from an instance. */
export function DetachVolumeDialog({ row, onClose }: ActionDialogProps) {
  const trpc = useTRPC()
  const { data } = useQuery(trpc.compute.instances.volumes.queryOptions({ id: row.id }))
  const volumes = (data ?? []).filter((volume) => whyNotDetach(volume) === null)
  const [chosen, setChosen] = useState('')
  return (
    <ActionForm
      action="detachVolume"
      row={row}
      title={`Detach a volume from ${row.name}`}
      description="A running guest has to let go of it: unmount it there first. What is on the volume stays."
      fields={['volumeId']}
      reason={
        data && volumes.length === 0
          ? 'It has no volume that could be detached.'
          : chosen
            ? null
            : 'Choose a volume.'
      }
      submit={(instances) => instances.detachVolume.mutate({ id: row.id, volumeId: chosen })}
      onClose={onClose}
    >
      {(errors) => (
        <Field label="Volume" error={errors.volumeId}>
          <Select
            value={chosen || undefined}
            placeholder="Choose a volume"
            onChange={setChosen}
            options={volumes.map((volume) => ({
              value: volume.volumeId,
              label: volumeLabel(volume),
              note: `${volume.device ?? 'no device'}, ${volume.sizeGib} GiB`,
            }))}
          />
        </Field>
      )}
    </ActionForm>
  )
}
