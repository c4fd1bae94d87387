'use client'
import { Select } from '#ui/select.tsx'

/** Narrows a list to a tag. Not there while nothing has one. */
export function TagSelect({
  tags,
  value,
  onChange,
}: {
  tags: readonly { tag: string; count: number }[]
  value: string | null
  onChange: (tag: string | null) => void
}) {
  if (tags.length === 0 && !value) return null
  const known = tags.some(({ tag }) => tag === value)
  return (
    <Select
      aria-label="Tag"
      size="sm"
      className="w-36"
      // A tag may be called like a word of ours.
      value={value === null ? 'any' : `tag ${value}`}
      options={[
        { value: 'any', label: 'All tags' },
        ...(value !== null && !known ? [{ value: `tag ${value}`, label: value }] : []),
        ...tags.map(({ tag, count }) => ({ value: `tag ${tag}`, label: tag, note: String(count) })),
      ]}
      onChange={(next) => onChange(next === 'any' ? null : next.slice('tag '.length))}
    />
  )
}
