'use client'
import { LineChart } from 'lucide-react'
import type { ReactNode } from 'react'
import { Card } from '#ui/card.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import type { PlotMark } from '#ui/plot/marks.tsx'
import { Plot, type PlotSeries, type PlotTime } from '#ui/plot/plot.tsx'
import type { PlotUnit } from '#ui/plot/scale.ts'
import { Skeleton } from '#ui/skeleton.tsx'

/** One of the plots of a page. */
export interface PlotSpec {
  key: string
  title: string
  unit: PlotUnit
  series: PlotSeries[]
  limit?: number
}

/** The plots of one resource below each other, or beside where there is room; they share time, marks and cursor. */
export function Plots({
  plots,
  time,
  marks,
  empty,
}: {
  plots: readonly PlotSpec[]
  time: PlotTime
  marks?: readonly PlotMark[]
  /** What is said when nothing at all was measured. */
  empty: ReactNode
}) {
  const measured = plots.some(({ series }) =>
    series.some(({ values }) => values.some((value) => value !== null)),
  )
  if (!measured)
    return (
      <Card>
        <EmptyState icon={LineChart} title="Nothing measured in this time">
          {empty}
        </EmptyState>
      </Card>
    )
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      {plots.map(({ key, ...plot }, index) => (
        <Card key={key}>
          <Plot {...plot} time={time} marks={marks} marksInTabOrder={index === 0} />
        </Card>
      ))}
    </div>
  )
}

/** While the first answer is on its way. */
export function PlotsSkeleton({ count }: { count: number }) {
  return (
    <div aria-busy="true" className="grid gap-4 lg:grid-cols-2">
      {Array.from({ length: count }, (_, index) => (
        <Skeleton key={index} className="h-56 w-full rounded-xl" />
      ))}
    </div>
  )
}

/** A line of a plot from what was measured: its name, and its peaks where the points are means. */
export function lineOf<Series extends string>(
  plot: {
    series: Record<Series, (number | null)[]>
    peaks: Record<Series, (number | null)[]> | null
  },
  key: Series,
  label: string,
): PlotSeries {
  return { key, label, values: plot.series[key], ...(plot.peaks && { peaks: plot.peaks[key] }) }
}
