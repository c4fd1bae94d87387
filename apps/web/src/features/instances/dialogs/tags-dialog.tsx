'use client'
import { useQuery } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { useState } from 'react'
import { useTRPC } from '#trpc/client.ts'
import { Button } from '#ui/button.tsx'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'
import { ActionForm } from './action-form.tsx'
import type { ActionDialogProps } from './registry.ts'

/** Edits the tags of an instance. */
export function TagsDialog({ row, onClose }: ActionDialogProps) {
  const trpc = useTRPC()
  const { data: instance } = useQuery(trpc.compute.instances.show.queryOptions({ id: row.id }))
  const { data: known } = useQuery(trpc.compute.instances.tags.queryOptions({}))
  const [edited, setEdited] = useState<string[]>()
  const [text, setText] = useState('')
  const tags = edited ?? instance?.tags ?? []
  const add = () => {
    const added = text
      .split(',')
      .map((tag) => tag.trim())
      .filter(Boolean)
    setEdited([...new Set([...tags, ...added])])
    setText('')
  }
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
        <>
          {tags.length > 0 && (
            <ul aria-label="Tags" className="flex flex-wrap gap-1.5">
              {tags.map((tag) => (
                <li
                  key={tag}
                  className="flex max-w-full items-center gap-1 rounded-md border border-line bg-raised pl-2 text-sm"
                >
                  <span className="truncate">{tag}</span>
                  <button
                    type="button"
                    aria-label={`Remove ${tag}`}
                    onClick={() => setEdited(tags.filter((each) => each !== tag))}
                    className="flex size-7 items-center justify-center rounded-md text-subtle hover:bg-hover hover:text-fg"
                  >
                    <X className="size-3.5" aria-hidden="true" />
                  </button>
                </li>
              ))}
            </ul>
          )}
          <div className="flex items-end gap-2">
            <Field label="Tag" className="flex-1" error={errors.tags ?? tagError(errors)}>
              <Input
                value={text}
                list="known-tags"
                maxLength={60}
                onChange={(event) => setText(event.target.value)}
                onKeyDown={(event) => {
                  if (event.key !== 'Enter' || !text.trim()) return
                  event.preventDefault()
                  add()
                }}
                autoFocus
              />
            </Field>
            <Button onClick={add} reason={text.trim() ? null : 'Type a tag.'}>
              Add
            </Button>
          </div>
          <datalist id="known-tags">
            {known?.map(({ tag }) => (
              <option key={tag} value={tag} />
            ))}
          </datalist>
        </>
      )}
    </ActionForm>
  )
}

/** The first tag that the cloud refuses: the field is `tags.3`. */
const tagError = (errors: Record<string, string>): string | undefined =>
  Object.entries(errors).find(([field]) => field.startsWith('tags.'))?.[1]
