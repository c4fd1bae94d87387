'use client'
import { ChevronDown, ChevronUp, Search } from 'lucide-react'
import { Button } from '#ui/button.tsx'
import { count } from '#ui/format.ts'
import { Input } from '#ui/input.tsx'

/** A search box that counts what it finds and goes from hit to hit, also with Enter and Shift+Enter. */
export function LogSearch({
  search,
  onSearch,
  hits,
  chosen,
  onChoose,
}: {
  search: string
  onSearch: (text: string) => void
  hits: number
  /** Which hit is looked at, from 0. */
  chosen: number
  onChoose: (hit: number) => void
}) {
  const go = (by: number) => hits > 0 && onChoose((chosen + by + hits) % hits)
  const none = hits === 0 ? 'Nothing is found.' : null
  return (
    <div className="flex w-full flex-wrap items-center gap-1.5 sm:w-auto">
      <div className="relative w-full sm:w-52">
        <Search className="absolute left-2.5 top-2 size-4 text-subtle" aria-hidden="true" />
        <Input
          type="search"
          aria-label="Search the log"
          placeholder="Search the log"
          value={search}
          onChange={(event) => onSearch(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return
            event.preventDefault()
            go(event.shiftKey ? -1 : 1)
          }}
          className="h-8 pl-8"
        />
      </div>
      {search.trim() !== '' && (
        <>
          <span role="status" className="min-w-16 text-center text-xs tabular-nums text-muted">
            {hits === 0 ? count(0, 'match', 'matches') : `${chosen + 1} of ${hits}`}
          </span>
          <Button size="icon" aria-label="Previous match" reason={none} onClick={() => go(-1)}>
            <ChevronUp aria-hidden="true" />
          </Button>
          <Button size="icon" aria-label="Next match" reason={none} onClick={() => go(1)}>
            <ChevronDown aria-hidden="true" />
          </Button>
        </>
      )}
    </div>
  )
}
