'use client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { volumeLabel } from '#features/volumes/row.ts'
import { useTRPC } from '#trpc/client.ts'
import { CheckField } from '#ui/check-field.tsx'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { Select } from '#ui/select.tsx'
import { ActionForm } from './action-form.tsx'
import type { ActionDialogProps } from './registry.ts'

/** Asks which volume an instance gets, and how. */
export function AttachVolumeDialog({ row, onClose }: ActionDialogProps) {
  const trpc = useTRPC()
  const [chosen, setChosen] = useState('')
  const [device, setDevice] = useState('')
  const [readOnly, setReadOnly] = useState(false)
  const [deleteOnTermination, setDeleteOnTermination] = useState(false)
  const { data } = useQuery(trpc.volume.volumes.list.queryOptions({ limit: 200 }))
  const volumes = (data?.items ?? []).filter(
    ({ status, multiattach, projectId, attachments }) =>
      projectId === row.projectId &&
      (status === 'available' || (status === 'in_use' && multiattach)) &&
      !attachments.some(({ instanceId }) => instanceId === row.id),
  )
  return (
    <ActionForm
      action="attachVolume"
      row={row}
      title={`Attach a volume to ${row.name}`}
      description={
        row.vmState === 'stopped' || row.vmState === 'shelved'
          ? 'The guest finds one more disk when it starts.'
          : 'The guest finds one more disk at once. A new one is empty: give it a file system there.'
      }
      fields={['volumeId', 'device']}
      reason={
        data && volumes.length === 0
          ? 'There is no volume that nobody uses. Create one first.'
          : chosen
            ? null
            : 'Choose a volume.'
      }
      submit={(instances) =>
        instances.attachVolume.mutate({
          id: row.id,
          volumeId: chosen,
          device: device.trim() || undefined,
          readOnly,
          deleteOnTermination,
        })
      }
      onClose={onClose}
    >
      {(errors) => (
        <>
          <Field
            label="Volume"
            error={errors.volumeId}
            hint={data && volumes.length === 0 ? 'There is no volume that nobody uses.' : undefined}
          >
            <Select
              value={chosen || undefined}
              placeholder="Choose a volume"
              onChange={setChosen}
              options={volumes.map(({ id, name, sizeGib, typeName }) => ({
                value: id,
                label: volumeLabel({ id, name }),
                note: `${sizeGib} GiB, ${typeName}`,
              }))}
            />
          </Field>
          <Field
            label="Device"
            optional
            error={errors.device}
            hint="Its place among the disks. Left out, the first free one; the guest may call it otherwise."
          >
            <Input
              value={device}
              spellCheck={false}
              placeholder="/dev/vdb"
              className="font-mono"
              onChange={(event) => setDevice(event.target.value)}
            />
          </Field>
          <CheckField
            label="Read-only"
            hint="The guest cannot write to it."
            checked={readOnly}
            onChange={setReadOnly}
          />
          <CheckField
            label="Delete it together with the instance"
            hint="Otherwise it stays, with what is on it."
            checked={deleteOnTermination}
            onChange={setDeleteOnTermination}
          />
        </>
      )}
    </ActionForm>
  )
}
