'use client'
import { parseAsStringLiteral, useQueryState } from 'nuqs'
import { PlotChoice } from '#ui/plot/plot-choice.tsx'

const ranges = ['1h', '6h', '24h'] as const
export type Range = (typeof ranges)[number]

const options = [
  { value: '1h', label: '1 hour' },
  { value: '6h', label: '6 hours' },
  { value: '24h', label: '24 hours' },
] as const

/** How far back the plots of the page reach; it is in the URL. */
export const useRange = () => useQueryState('range', parseAsStringLiteral(ranges).withDefault('1h'))

/** Chooses how far back the plots reach. */
export function RangeChoice({ range, onChange }: { range: Range; onChange: (range: Range) => void }) {
  return <PlotChoice<Range> label="Time shown" value={range} options={options} onChange={onChange} />
}
