'use client'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { Button } from '#ui/button.tsx'

/** From page to page of a list; absent when there is only one. */
export function Pager({
  previous,
  nextCursor,
  onNext,
  shown,
}: {
  previous: (() => void) | null
  nextCursor: string | null | undefined
  onNext: (cursor: string) => void
  /** How many rows this page has. */
  shown: number
}) {
  if (!previous && !nextCursor) return null
  return (
    <nav
      aria-label="Pages"
      className="flex items-center justify-between gap-2 border-t border-line px-4 py-2.5"
    >
      <span className="tabular text-xs text-subtle">{shown} on this page</span>
      <div className="flex gap-2">
        <Button size="sm" reason={previous ? null : 'This is the first page.'} onClick={() => previous?.()}>
          <ChevronLeft aria-hidden="true" /> Previous
        </Button>
        <Button
          size="sm"
          reason={nextCursor ? null : 'This is the last page.'}
          onClick={() => nextCursor && onNext(nextCursor)}
        >
          Next <ChevronRight aria-hidden="true" />
        </Button>
      </div>
    </nav>
  )
}
