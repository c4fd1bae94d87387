'use client'
import { useQuery } from '@tanstack/react-query'
import { useTRPC } from '#trpc/client.ts'
import { Select } from '#ui/select.tsx'

/** Narrows the list to a tag. Not there while no instance of the project has one. */
export function TagFilter({
  value,
  onChange,
}: {
  value: string | null
  onChange: (tag: string | null) => void
}) {
  const trpc = useTRPC()
  const { data: tags = [] } = useQuery(trpc.compute.instances.tags.queryOptions({}))
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
        ...tags.map(({ tag, instances }) => ({ value: `tag ${tag}`, label: tag, note: String(instances) })),
      ]}
      onChange={(next) => onChange(next === 'any' ? null : next.slice('tag '.length))}
    />
  )
}
