import { formatClock } from '../format.ts'
import type { PlotSeries, PlotTime } from './plot.tsx'
import { formatValue, type PlotUnit, summarise } from './scale.ts'

const rows = 12

/** The same in words: the time in twelve parts, with the mean of each, and the highest of all. */
export function PlotTable({
  title,
  unit,
  series,
  time,
}: {
  title: string
  unit: PlotUnit
  series: readonly PlotSeries[]
  time: Pick<PlotTime, 'from' | 'stepMs' | 'points'>
}) {
  const part = Math.max(1, Math.ceil(time.points / rows))
  const parts = Array.from({ length: Math.ceil(time.points / part) }, (_, index) => index * part)
  const meanOf = (values: readonly (number | null)[], from: number) =>
    summarise(values.slice(from, from + part))?.mean ?? null
  return (
    <div className="scroll-thin overflow-x-auto">
      <table className="w-full text-xs" aria-label={`Means of ${title}`}>
        <thead>
          <tr className="border-b border-line text-left text-subtle">
            <th scope="col" className="py-1 pr-3 font-medium">
              From
            </th>
            {series.map(({ key, label }) => (
              <th key={key} scope="col" className="px-3 py-1 text-right font-medium">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {parts.map((from) => (
            <tr key={from} className="border-b border-line">
              <th scope="row" className="tabular py-1 pr-3 text-left font-normal text-muted">
                {formatClock(new Date(time.from + from * time.stepMs))}
              </th>
              {series.map(({ key, values }) => (
                <td key={key} className="tabular px-3 py-1 text-right">
                  {formatValue(meanOf(values, from), unit)}
                </td>
              ))}
            </tr>
          ))}
          <tr>
            <th scope="row" className="py-1 pr-3 text-left font-medium">
              Highest
            </th>
            {series.map(({ key, values, peaks }) => (
              <td key={key} className="tabular px-3 py-1 text-right font-medium">
                {formatValue(summarise(values, peaks)?.highest ?? null, unit)}
              </td>
            ))}
          </tr>
        </tbody>
      </table>
    </div>
  )
}
