import type { ReactNode } from 'react'
import { cn } from './cn.ts'
import { Progress } from './progress.tsx'

/** How much of a limit is used: "3 of 10". A negative limit is none. */
export function Gauge({
  label,
  used,
  limit,
  adding = 0,
  format = (value) => value,
  className,
}: {
  label: string
  used: number
  limit: number
  /** What is about to be added, to show what would be left. */
  adding?: number
  format?: (value: number) => ReactNode
  className?: string
}) {
  const unlimited = limit < 0
  const total = used + adding
  const percent = unlimited ? 0 : limit === 0 ? (total > 0 ? 100 : 0) : (total / limit) * 100
  const tone = total > limit && !unlimited ? 'bad' : percent >= 85 && !unlimited ? 'warn' : 'accent'
  return (
    <div className={cn('min-w-0', className)}>
      <div className="mb-1.5 flex items-baseline justify-between gap-2">
        <span className="truncate text-[13px] text-muted">{label}</span>
        <span className="tabular whitespace-nowrap text-[13px]">
          <span className="font-medium">{format(total)}</span>
          <span className="text-subtle">{unlimited ? ' used' : <> of {format(limit)}</>}</span>
        </span>
      </div>
      <Progress value={percent} label={`${label} used`} tone={tone} />
    </div>
  )
}
