'use client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { DisksNote } from '#features/hosts/disks-note.tsx'
import { DestinationField } from '#features/migrations/destination-field.tsx'
import { useTRPC } from '#trpc/client.ts'
import { ActionForm } from './action-form.tsx'
import type { ActionDialogProps } from './registry.ts'

/** Asks where an instance is brought up, because its host is lost. */
export function EvacuateDialog({ row, onClose }: ActionDialogProps) {
  const trpc = useTRPC()
  const [host, setHost] = useState<string>()
  const { data } = useQuery(trpc.compute.hosts.list.queryOptions({ limit: 200 }))
  const lost = data?.items.find(({ name }) => name === row.hostName)
  return (
    <ActionForm
      action="evacuate"
      row={row}
      title={`Evacuate ${row.name}`}
      description="For an instance whose host is lost. It is brought up on another host, with its size and its addresses. When the lost host comes back, it removes what it has of the instance before it does anything else."
      fields={['host']}
      reason={
        !data
          ? 'The hosts are still being read.'
          : !row.hostName
            ? 'It is on no host.'
            : lost?.up
              ? `Its host ${row.hostName} is up: migrate it instead.`
              : null
      }
      submit={(instances) => instances.evacuate.mutate({ id: row.id, host })}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <DestinationField value={host} from={row.hostName} error={errors.host} onChange={setHost} />
          <DisksNote from={row.hostName} to={host} lost />
        </>
      )}
    </ActionForm>
  )
}
