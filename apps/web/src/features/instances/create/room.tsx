'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { type RouterInputs, useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { Skeleton } from '#ui/skeleton.tsx'
import { StateCell } from '#ui/state-cell.tsx'
import { roomWords } from './room-words.ts'

/** What decides where an instance can be. */
export type RoomWish = Omit<RouterInputs['compute']['placement']['preview'], 'count'>

/** Asks once choosing pauses for so long. */
const pauseMs = 300

/** How many of what is being chosen would fit now, what is short, and for administrators where. */
export function Room({ wish, count }: { wish: RoomWish | null; count: number }) {
  const trpc = useTRPC()
  const settled = useSettled(wish)
  const { data, error, isPlaceholderData } = useQuery(
    trpc.compute.placement.preview.queryOptions(settled ?? { flavorId: '' }, {
      enabled: settled !== null,
      placeholderData: keepPreviousData,
      // Instances come and go: an answer of before is no answer.
      staleTime: 0,
      retry: false,
    }),
  )
  const words = data && !error ? roomWords(data, count) : null
  return (
    <section aria-label="Room" className="flex flex-col gap-1 border-t border-line pt-4">
      <h3 className="text-xs font-medium text-subtle">Room on the hosts</h3>
      <div aria-live="polite" className={isPlaceholderData ? 'opacity-60' : undefined}>
        {error && <p className="text-sm text-muted">{readError(error).message}</p>}
        {words && (
          <>
            <StateCell tone={words.tone} word={words.title} className="whitespace-normal" />
            {words.why && <p className="text-xs text-muted">{words.why}</p>}
          </>
        )}
      </div>
      {!words && !error && <Skeleton className="h-5 w-40" />}
      {words && data?.byHost && data.byHost.length > 0 && (
        <ul aria-label="Room by host" className="mt-1 flex flex-col gap-0.5 text-xs text-muted">
          {data.byHost.slice(0, mostHosts).map(({ host, fits }) => (
            <li key={host} className="flex justify-between gap-3">
              <span className="truncate">{host}</span>
              <span className="tabular">{fits}</span>
            </li>
          ))}
          {data.passing > mostHosts && (
            <li className="text-subtle">and {data.passing - mostHosts} more hosts</li>
          )}
        </ul>
      )}
    </section>
  )
}

const mostHosts = 5

/** The wish once it has not changed for a moment; the first one at once. */
function useSettled(wish: RoomWish | null): RoomWish | null {
  const text = wish && JSON.stringify(wish)
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), settled === null ? 0 : pauseMs)
    return () => clearTimeout(timer)
  }, [text, settled])
  return settled === null ? null : (JSON.parse(settled) as RoomWish)
}
