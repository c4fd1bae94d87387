'use client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTRPC } from '#trpc/client.ts'
import { Field } from '#ui/field.tsx'
import { Select } from '#ui/select.tsx'
import { ActionForm } from './action-form.tsx'
import type { ActionDialogProps } from './registry.ts'

/** Asks which interface is taken from an instance. */
export function DetachInterfaceDialog({ row, onClose }: ActionDialogProps) {
  const trpc = useTRPC()
  const { data } = useQuery(trpc.compute.instances.show.queryOptions({ id: row.id }))
  const ports = data?.ports ?? []
  const [chosen, setChosen] = useState('')
  return (
    <ActionForm
      action="detachInterface"
      row={row}
      title={`Detach an interface from ${row.name}`}
      description="A running guest has to let go of it. Its address becomes free, unless the port was made before the instance used it."
      fields={['portId']}
      reason={data && ports.length === 0 ? 'It has no interface.' : chosen ? null : 'Choose an interface.'}
      submit={(instances) => instances.detachInterface.mutate({ id: row.id, portId: chosen })}
      onClose={onClose}
    >
      {(errors) => (
        <Field label="Interface" error={errors.portId}>
          <Select
            value={chosen || undefined}
            placeholder="Choose an interface"
            onChange={setChosen}
            options={ports.map((port) => ({
              value: port.id,
              label: `eth${port.deviceIndex ?? '?'} on ${port.networkName}`,
              note: `${port.fixedIps.map(({ ipAddress }) => ipAddress).join(', ') || 'no address'}, ${port.macAddress}`,
            }))}
          />
        </Field>
      )}
    </ActionForm>
  )
}
