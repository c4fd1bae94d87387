'use client'
import { useQuery } from '@tanstack/react-query'
import { useTRPC } from '#trpc/client.ts'
import { TagSelect } from './tag-select.tsx'
import type { TaggedKind } from './tagged.ts'

/** Narrows a list of things of the network to a tag. */
export function TagFilter({
  kind,
  ...props
}: {
  kind: TaggedKind
  value: string | null
  onChange: (tag: string | null) => void
}) {
  const trpc = useTRPC()
  const { data: tags = [] } = useQuery(trpc.network.tags.list.queryOptions({ kind }))
  return <TagSelect tags={tags} {...props} />
}
