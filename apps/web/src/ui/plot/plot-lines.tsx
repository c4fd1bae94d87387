import type { PlotSeries } from './plot.tsx'
import { linePath } from './scale.ts'

interface Props {
  size: { width: number; height: number; top: number; bottom: number; left: number; right: number }
  /** Lines of the vertical axis. */
  ticks: readonly { y: number; text: string }[]
  /** Words of the horizontal axis. */
  moments: readonly { x: number; text: string }[]
  series: readonly PlotSeries[]
  /** The point that is pointed at. */
  cursor: number | null
  x: (point: number) => number
  y: (value: number) => number
}

const strokes = ['stroke-plot-1', 'stroke-plot-2', 'stroke-plot-3']
const fills = ['fill-plot-1', 'fill-plot-2', 'fill-plot-3']

/** What is drawn of a plot. Screen readers get its slider and its table instead. */
export function PlotLines({ size, ticks, moments, series, cursor, x, y }: Props) {
  const { width, height, top, bottom, left, right } = size
  return (
    <svg width={width} height={height} aria-hidden="true" className="block">
      {ticks.map((tick) => (
        <g key={tick.text}>
          <path d={`M${left} ${tick.y.toFixed(1)}H${width - right}`} className="stroke-line" />
          <text x={left - 8} y={tick.y + 3.5} textAnchor="end" className="fill-subtle text-[10px]">
            {tick.text}
          </text>
        </g>
      ))}
      {moments.map((moment) => (
        <text
          key={moment.x}
          x={moment.x}
          y={height - 5}
          textAnchor="middle"
          className="fill-subtle text-[10px]"
        >
          {moment.text}
        </text>
      ))}
      {series.map(({ key, values, peaks }, index) => (
        <g key={key} fill="none" className={strokes[index]} strokeLinejoin="round">
          {peaks && <path d={linePath(peaks, x, y)} strokeOpacity={0.3} />}
          <path d={linePath(values, x, y)} strokeWidth={1.5} data-series={key} />
        </g>
      ))}
      {cursor !== null && (
        <>
          <path d={`M${x(cursor).toFixed(1)} ${top}V${height - bottom}`} className="stroke-line-strong" />
          {series.map(({ key, values }, index) => {
            const value = values[cursor] ?? null
            return value === null ? null : (
              <circle key={key} cx={x(cursor)} cy={y(value)} r={3} className={fills[index]} />
            )
          })}
        </>
      )}
    </svg>
  )
}
