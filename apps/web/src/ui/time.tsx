'use client'
import { useSyncExternalStore } from 'react'
import { formatAge, formatDuration, formatMoment } from './format.ts'

// One clock for all ages on the page, so that they move together and cost one timer.
const listeners = new Set<() => void>()
let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(listener: () => void) {
  listeners.add(listener)
  timer ??= setInterval(() => {
    now = Date.now()
    for (const each of listeners) each()
  }, 1000)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) {
      clearInterval(timer)
      timer = undefined
    }
  }
}

/** The time, renewed every second; 0 while the server renders. */
export const useNow = (): number =>
  useSyncExternalStore(
    subscribe,
    () => now,
    () => 0,
  )

/** How long ago, with the full moment on hover: "3 min ago". */
export function Age({ at, className }: { at: Date | null | undefined; className?: string }) {
  const current = useNow()
  if (!at) return <span className="text-subtle">–</span>
  return (
    <time dateTime={at.toISOString()} title={formatMoment(at)} className={className} suppressHydrationWarning>
      {current ? formatAge(at, Math.max(current, at.getTime())) : formatMoment(at)}
    </time>
  )
}

/** How long something took, or has taken so far: "12 s". */
export function Elapsed({ from, to }: { from: Date | null | undefined; to?: Date | null }) {
  const current = useNow()
  if (!from) return null
  const end = to?.getTime() ?? Math.max(current, from.getTime())
  return (
    <span className="tabular" suppressHydrationWarning>
      {formatDuration(end - from.getTime())}
    </span>
  )
}
