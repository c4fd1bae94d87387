import { linePath } from './scale.ts'

const width = 72
const height = 20

/**
 * A small line of percents without axes. The words beside it, for screen readers, say the same.
 * @param label what it is of: "CPU of web-1"
 */
export function Sparkline({ label, values }: { label: string; values: readonly (number | null)[] }) {
  const last = values.at(-1) ?? values.at(-2) ?? null
  if (values.every((value) => value === null)) return <span className="text-subtle">–</span>
  const highest = Math.max(20, ...values.map((value) => value ?? 0))
  const line = linePath(
    values,
    (index) => 1 + (index / (values.length - 1)) * (width - 2),
    (value) => height - 1 - (value / highest) * (height - 2),
  )
  return (
    <span className="inline-flex items-center gap-2">
      <svg width={width} height={height} aria-hidden="true" className="shrink-0 overflow-visible">
        <path d={`M0 ${height - 0.5}H${width}`} className="stroke-line" />
        <path d={line} fill="none" className="stroke-plot-1" strokeWidth={1.5} strokeLinejoin="round" />
      </svg>
      <span className="tabular w-9 text-right text-xs text-muted">
        <span className="sr-only">{label}: </span>
        {last === null ? '–' : `${Math.round(last)} %`}
      </span>
    </span>
  )
}
