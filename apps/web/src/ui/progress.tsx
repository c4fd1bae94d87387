import { cn } from './cn.ts'

/** How far something is. Without `value` only that it goes on. `label` is for screen readers. */
export function Progress({
  value,
  label,
  tone = 'accent',
  className,
}: {
  value?: number | null
  label: string
  tone?: 'accent' | 'ok' | 'warn' | 'bad'
  className?: string
}) {
  const known = value !== undefined && value !== null
  const colour = { accent: 'bg-accent', ok: 'bg-ok', warn: 'bg-warn', bad: 'bg-bad' }[tone]
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={known ? Math.round(value) : undefined}
      className={cn('h-1.5 w-full overflow-hidden rounded-full bg-raised', className)}
    >
      <div
        className={cn(
          'h-full origin-left rounded-full transition-transform duration-150',
          colour,
          !known && 'animate-pulse',
        )}
        style={{ transform: `scaleX(${known ? Math.min(100, Math.max(0, value)) / 100 : 1})` }}
      />
    </div>
  )
}
