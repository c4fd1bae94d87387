import type { ReactNode } from 'react'
import { Progress } from './progress.tsx'

/** How full something is, for a table cell: "12 of 253" over a bar. */
export function Usage({
  label,
  used,
  total,
  format = (value) => value,
}: {
  /** What it is of, for screen readers: "Addresses of 10.0.0.0/24". */
  label: string
  used: number
  total: number
  format?: (value: number) => ReactNode
}) {
  const percent = total <= 0 ? (used > 0 ? 100 : 0) : (used / total) * 100
  return (
    <div className="w-28">
      <p className="tabular mb-1 whitespace-nowrap text-xs">
        {format(used)} <span className="text-subtle">of {format(total)}</span>
      </p>
      <Progress
        value={percent}
        label={`${label} used`}
        tone={percent >= 100 ? 'bad' : percent >= 85 ? 'warn' : 'accent'}
      />
    </div>
  )
}
