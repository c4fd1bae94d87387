'use client'
import { TopologyCard } from './cards.tsx'
import type { Box, Line } from './layout.ts'

/** The same as the picture, one under the other: for phones and for whoever likes lists better. */
export function TopologyList({
  boxes,
  lines,
  onToggle,
}: {
  boxes: readonly Box[]
  lines: readonly Line[]
  onToggle: (networkId: string, open: boolean) => void
}) {
  const nameOf = (id: string) => {
    const content = boxes.find((box) => box.id === id)?.content
    if (content?.kind === 'network') return content.network.name
    return content?.kind === 'router' ? content.router.name || 'a router' : ''
  }
  return (
    <ul aria-label="Networks and routers" className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
      {boxes.map(({ id, content }) => {
        const joined = lines.flatMap(({ from, to, label }) =>
          from === id ? [`${nameOf(to)} (${label})`] : to === id ? [`${nameOf(from)} (${label})`] : [],
        )
        return (
          <li key={id} className="min-w-0">
            <TopologyCard content={content} onToggle={onToggle} className="pb-2.5" />
            {joined.length > 0 && (
              <p className="mt-1 break-words px-3 text-xs text-subtle">joined with {joined.join(', ')}</p>
            )}
          </li>
        )
      })}
    </ul>
  )
}
