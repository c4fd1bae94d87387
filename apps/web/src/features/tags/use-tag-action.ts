'use client'
import { Tag } from 'lucide-react'
import { usePanel } from '#features/panels/use-panel.ts'
import type { ResolvedAction } from '#ui/actions.tsx'
import { type TaggedKind, taggedName } from './tagged.ts'

/** Makes the action that edits the tags of a thing. */
export function useTagAction(kind: TaggedKind): (id: string, reason: string | null) => ResolvedAction {
  const panel = usePanel()
  return (id, reason) => ({
    id: 'tags',
    label: 'Tags',
    icon: Tag,
    reason,
    run: () => panel.open('tags', taggedName(kind, id)),
  })
}
