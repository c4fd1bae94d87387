'use client'
import { useFreshness } from '#features/live/live-provider.tsx'
import { cn } from '#ui/cn.ts'
import { formatClock } from '#ui/format.ts'
import { Tooltip } from '#ui/tooltip.tsx'

/** Says how true the page is: live, catching up, or stale and since when. */
export function Freshness() {
  const { phase, since } = useFreshness()
  const clock = since ? formatClock(new Date(since)) : ''
  const [dot, word, why] = {
    live: ['bg-ok', 'Live', 'Changes show up here as they happen.'],
    connecting: ['bg-idle', 'Connecting', 'Waiting for the event stream.'],
    'catching-up': ['bg-warn', 'Catching up', 'Reading what happened in the meantime.'],
    stale: [
      'bg-bad',
      `Stale since ${clock}`,
      `The event stream is interrupted. What you see is as it was at ${clock}; it is brought up to date by itself.`,
    ],
  }[phase] as [string, string, string]
  return (
    <Tooltip content={why} side="bottom">
      <button
        type="button"
        aria-live="polite"
        className={cn(
          'tabular inline-flex h-7 shrink-0 cursor-default items-center gap-1.5 rounded-full px-2 text-xs',
          phase === 'stale' ? 'bg-bad-soft text-bad-text' : 'text-muted',
        )}
      >
        <span
          aria-hidden="true"
          className={cn('size-1.5 rounded-full', dot, phase === 'catching-up' && 'animate-pulse')}
        />
        <span className={cn(phase === 'live' && 'max-sm:sr-only')}>{word}</span>
      </button>
    </Tooltip>
  )
}
