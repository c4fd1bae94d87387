'use client'
import { type KeyboardEvent, type PointerEvent, useId, useState } from 'react'
import { cn } from '../cn.ts'
import { formatClock } from '../format.ts'
import { type PlotMark, PlotMarks } from './marks.tsx'
import { PlotLines } from './plot-lines.tsx'
import { PlotTable } from './plot-table.tsx'
import { formatValue, type PlotUnit, summarise, timeTicks, valueTicks } from './scale.ts'
import { useWidth } from './use-width.ts'

/** One line of a {@link Plot}. */
export interface PlotSeries {
  key: string
  label: string
  /** One for each point; null is a gap. */
  values: readonly (number | null)[]
  /** The highest within each point, shown as a shade above the line. */
  peaks?: readonly (number | null)[]
}

/** Points in time that all plots of a page share, and the one that is pointed at. */
export interface PlotTime {
  /** Beginning of the first point, in ms since 1970. */
  from: number
  stepMs: number
  points: number
  cursor: number | null
  onCursor: (point: number | null) => void
}

interface Props {
  title: string
  unit: PlotUnit
  series: readonly PlotSeries[]
  time: PlotTime
  /** Where the axis ends, when there is an end: 100 percent, the memory there is. */
  limit?: number
  marks?: readonly PlotMark[]
  /** Only one plot of several has its marks in the order of the Tab key. */
  marksInTabOrder?: boolean
}

const height = 148
const top = 10
const bottom = 20
const left = 62
const right = 8
const dots = ['bg-plot-1', 'bg-plot-2', 'bg-plot-3']

/**
 * Lines over time: pointing, or the arrow keys, show the values of every line at one moment; a table says the same in
 * words.
 */
export function Plot({ title, unit, series, time, limit, marks = [], marksInTabOrder }: Props) {
  const [box, width] = useWidth()
  const [asTable, setAsTable] = useState(false)
  const heading = useId()
  const summaries = series.map(({ values, peaks }) => summarise(values, peaks))
  const highest = Math.max(0, ...summaries.map((each) => each?.highest ?? 0))
  const ticks = valueTicks(highest, unit, limit !== undefined && highest <= limit ? limit : undefined)
  const end = time.from + time.points * time.stepMs
  const inner = Math.max(1, width - left - right)
  const x = (point: number) => left + ((point + 0.5) / time.points) * inner
  const xOf = (at: number) => left + ((at - time.from) / (end - time.from)) * inner
  const y = (value: number) => height - bottom - (value / ticks.at(-1)!) * (height - top - bottom)
  const cursor = time.cursor !== null && time.cursor < time.points ? time.cursor : null
  const momentOf = (point: number) => formatClock(new Date(time.from + point * time.stepMs))
  const wordsAt = (point: number) =>
    `${momentOf(point)}: ${series.map(({ label, values }) => `${label} ${formatValue(values[point] ?? null, unit)}`).join(', ')}`

  const point = (event: PointerEvent<HTMLDivElement>) => {
    const at = event.clientX - event.currentTarget.getBoundingClientRect().left - left
    const hit = Math.floor((at / inner) * time.points)
    time.onCursor(Math.min(time.points - 1, Math.max(0, hit)))
  }
  const onKey = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.round(time.points / 12))
    const moves: Record<string, number> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      PageDown: -page,
      PageUp: page,
      Home: -time.points,
      End: time.points,
    }
    if (event.key === 'Escape') time.onCursor(null)
    else if (event.key in moves) {
      const from = cursor ?? time.points - 1
      time.onCursor(Math.min(time.points - 1, Math.max(0, from + moves[event.key]!)))
    } else return
    event.preventDefault()
  }

  return (
    <figure className="min-w-0" aria-labelledby={heading}>
      <figcaption className="mb-1 flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <h3 id={heading} className="text-sm font-semibold">
          {title}
        </h3>
        <button
          type="button"
          aria-pressed={asTable}
          onClick={() => setAsTable(!asTable)}
          className="rounded text-xs text-muted hover:text-fg"
        >
          {asTable ? 'Show plot' : 'Show table'}
          <span className="sr-only"> of {title}</span>
        </button>
        <ul className="flex w-full flex-wrap gap-x-4 gap-y-0.5 text-xs text-muted">
          {series.map(({ key, label, values }, index) => (
            <li key={key} className="flex items-center gap-1.5">
              <span className={cn('size-2 rounded-full', dots[index])} aria-hidden="true" />
              {label}
              <span className="tabular text-fg">
                {cursor === null
                  ? summaries[index]
                    ? formatValue(summaries[index].last, unit)
                    : 'not measured'
                  : formatValue(values[cursor] ?? null, unit)}
              </span>
            </li>
          ))}
          <li className="tabular ml-auto text-subtle">{cursor === null ? 'now' : momentOf(cursor)}</li>
        </ul>
      </figcaption>
      {asTable ? (
        <PlotTable title={title} unit={unit} series={series} time={time} />
      ) : (
        // Until its new width is known, a plot that has become narrower would widen the page.
        <div ref={box} className="relative overflow-x-clip" style={{ height }}>
          <div
            role="slider"
            tabIndex={0}
            aria-label={`Moment in ${title}`}
            aria-valuemin={0}
            aria-valuemax={time.points - 1}
            aria-valuenow={cursor ?? time.points - 1}
            aria-valuetext={wordsAt(cursor ?? time.points - 1)}
            onKeyDown={onKey}
            onPointerMove={point}
            onPointerDown={point}
            onPointerLeave={() => time.onCursor(null)}
            onBlur={() => time.onCursor(null)}
            className="absolute inset-0 touch-pan-y rounded"
          >
            {width > 0 && (
              <PlotLines
                size={{ width, height, top, bottom, left, right }}
                ticks={ticks.map((value) => ({ y: y(value), text: formatValue(value, unit) }))}
                moments={timeTicks(time.from, end, Math.max(2, Math.floor(inner / 80))).map((at) => ({
                  x: xOf(at),
                  text: formatClock(new Date(at)).slice(0, 5),
                }))}
                series={series}
                cursor={cursor}
                x={x}
                y={y}
              />
            )}
          </div>
          {width > 0 && (
            <PlotMarks
              marks={marks.filter(({ at }) => at >= time.from && at <= end)}
              xOf={xOf}
              top={top}
              bottom={bottom}
              inTabOrder={marksInTabOrder ?? false}
            />
          )}
        </div>
      )}
    </figure>
  )
}
