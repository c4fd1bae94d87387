'use client'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { TagFields } from '#features/tags/tag-fields.tsx'
import { useTRPC } from '#trpc/client.ts'
import { ActionForm } from './action-form.tsx'
import type { ActionDialogProps } from './registry.ts'

/** Edits the tags of an instance. */
export function TagsDialog({ row, onClose }: ActionDialogProps) {
  const trpc = useTRPC()
  const { data: instance } = useQuery(trpc.compute.instances.show.queryOptions({ id: row.id }))
  const { data: known = [] } = useQuery(trpc.compute.instances.tags.queryOptions({}))
  const [edited, setEdited] = useState<string[]>()
  const [text, setText] = useState('')
  const tags = edited ?? instance?.tags ?? []
  return (
    <ActionForm
      action="editTags"
      row={row}
      title={`Tags of ${row.name}`}
      description="Words to find instances by. The list can be narrowed to a tag."
      fields={['tags']}
      reason={
        !instance
          ? 'It is still being read.'
          : text.trim()
            ? 'Add the tag, or clear it.'
            : !edited
              ? 'Nothing has changed.'
              : null
      }
      submit={(instances) => instances.setTags.mutate({ id: row.id, tags })}
      onClose={onClose}
    >
      {(errors) => (
        <TagFields
          tags={tags}
          text={text}
          known={known.map(({ tag }) => tag)}
          errors={errors}
          onTags={setEdited}
          onText={setText}
        />
      )}
    </ActionForm>
  )
}
