'use client'
import { cn } from './cn.ts'
import { Spinner } from './spinner.tsx'
import { Elapsed } from './time.tsx'

/** What a state means for whoever looks: `busy` is on its way to another state. */
export type StateTone = 'ok' | 'busy' | 'bad' | 'idle' | 'warn'

const text: Record<StateTone, string> = {
  ok: 'text-ok-text',
  busy: 'text-warn-text',
  warn: 'text-warn-text',
  bad: 'text-bad-text',
  idle: 'text-muted',
}
const dot: Record<StateTone, string> = {
  ok: 'bg-ok',
  busy: 'bg-warn',
  warn: 'bg-warn',
  bad: 'bg-bad',
  idle: 'bg-idle',
}

/** Colour, word, spinner while it changes, and for how long: the same in lists, details and the palette. */
export function StateCell({
  tone,
  word,
  since,
  className,
}: {
  tone: StateTone
  word: string
  /** When the present change began; shown while it is under way. */
  since?: Date | null
  className?: string
}) {
  return (
    <span className={cn('inline-flex items-center gap-1.5 whitespace-nowrap text-sm', text[tone], className)}>
      {tone === 'busy' ? (
        <Spinner className="size-3" />
      ) : (
        <span aria-hidden="true" className={cn('size-2 rounded-full', dot[tone])} />
      )}
      {word}
      {tone === 'busy' && since && (
        <span className="text-xs text-subtle">
          <Elapsed from={since} />
        </span>
      )}
    </span>
  )
}

/** Whether a project, user or the like may be used. */
export function EnabledState({ enabled }: { enabled: boolean }) {
  return <StateCell tone={enabled ? 'ok' : 'idle'} word={enabled ? 'Enabled' : 'Disabled'} />
}
