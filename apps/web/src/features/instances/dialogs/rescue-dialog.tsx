'use client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTRPC } from '#trpc/client.ts'
import { Field } from '#ui/field.tsx'
import { Select } from '#ui/select.tsx'
import { ActionForm } from './action-form.tsx'
import type { ActionDialogProps } from './registry.ts'

/** Asks what an instance is rescued with. */
export function RescueDialog({ row, onClose }: ActionDialogProps) {
  const trpc = useTRPC()
  const [chosen, setChosen] = useState('own')
  const { data } = useQuery(trpc.image.images.list.queryOptions({ limit: 100 }))
  const images = (data?.items ?? []).filter(
    ({ id, status, diskFormat }) =>
      id !== row.imageId && status === 'active' && ['qcow2', 'raw'].includes(diskFormat ?? ''),
  )
  return (
    <ActionForm
      action="rescue"
      row={row}
      title={`Rescue ${row.name}`}
      description="It is shut down and starts from a fresh, temporary disk. Its own disk is the second one, so that you can repair it. Unrescue brings it back."
      fields={['imageId']}
      submit={(instances) =>
        instances.rescue.mutate({ id: row.id, imageId: chosen === 'own' ? undefined : chosen })
      }
      onClose={onClose}
    >
      {(errors) => (
        <Field label="Boot from" error={errors.imageId}>
          <Select
            value={chosen}
            onChange={setChosen}
            options={[
              {
                value: 'own',
                label: row.imageName || 'Its own image',
                note: 'the image that it was made from',
              },
              ...images.map(({ id, name }) => ({ value: id, label: name })),
            ]}
          />
        </Field>
      )}
    </ActionForm>
  )
}
