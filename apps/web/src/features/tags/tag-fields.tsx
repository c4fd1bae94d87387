'use client'
import { X } from 'lucide-react'
import { Button } from '#ui/button.tsx'
import { Field } from '#ui/field.tsx'
import { Input } from '#ui/input.tsx'

/** Editor of tags: those that are there, and a field for more. `text`: what is typed and not yet added. */
export function TagFields({
  tags,
  text,
  known,
  errors,
  onTags,
  onText,
}: {
  tags: readonly string[]
  text: string
  /** Tags that are used elsewhere, to choose from. */
  known: readonly string[]
  errors: Record<string, string>
  onTags: (tags: string[]) => void
  onText: (text: string) => void
}) {
  const add = () => {
    const added = text
      .split(',')
      .map((tag) => tag.trim())
      .filter(Boolean)
    onTags([...new Set([...tags, ...added])])
    onText('')
  }
  return (
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
                onClick={() => onTags(tags.filter((each) => each !== tag))}
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
            onChange={(event) => onText(event.target.value)}
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
        {known.map((tag) => (
          <option key={tag} value={tag} />
        ))}
      </datalist>
    </>
  )
}

/** The first tag that the cloud refuses: the field is `tags.3`. */
const tagError = (errors: Record<string, string>): string | undefined =>
  Object.entries(errors).find(([field]) => field.startsWith('tags.'))?.[1]
