'use client'
import { useQuery } from '@tanstack/react-query'
import { TagSelect } from '#features/tags/tag-select.tsx'
import { useTRPC } from '#trpc/client.ts'

/** Narrows the list to a tag. Not there while no instance of the project has one. */
export function TagFilter(props: { value: string | null; onChange: (tag: string | null) => void }) {
  const trpc = useTRPC()
  const { data: tags = [] } = useQuery(trpc.compute.instances.tags.queryOptions({}))
  return <TagSelect tags={tags.map(({ tag, instances }) => ({ tag, count: instances }))} {...props} />
}
