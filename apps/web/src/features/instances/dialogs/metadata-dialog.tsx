'use client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTRPC } from '#trpc/client.ts'
import { type MetadataItem, MetadataItems, metadataOf, metadataProblem } from '../metadata-items.tsx'
import { ActionForm } from './action-form.tsx'
import type { ActionDialogProps } from './registry.ts'

/** Edits the metadata of an instance. */
export function MetadataDialog({ row, onClose }: ActionDialogProps) {
  const trpc = useTRPC()
  const { data: instance } = useQuery(trpc.compute.instances.show.queryOptions({ id: row.id }))
  const [edited, setEdited] = useState<MetadataItem[]>()
  const items =
    edited ?? Object.entries(instance?.metadata ?? {}).map(([key, value], place) => ({ place, key, value }))
  return (
    <ActionForm
      action="editMetadata"
      row={row}
      title={`Metadata of ${row.name}`}
      description="The guest reads it from the metadata service."
      reason={
        !instance ? 'It is still being read.' : !edited ? 'Nothing has changed.' : metadataProblem(items)
      }
      submit={(instances) =>
        instances.setMetadata.mutate({ id: row.id, set: metadataOf(items), replace: true })
      }
      onClose={onClose}
    >
      {() => <MetadataItems items={items} onChange={setEdited} />}
    </ActionForm>
  )
}
