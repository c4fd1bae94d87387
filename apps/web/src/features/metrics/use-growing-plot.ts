'use client'
import { type QueryKey, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { PlotTime } from '#ui/plot/plot.tsx'
import { appendSample, type GrowingPlot } from './append.ts'
import { type Followed, useLiveSamples } from './use-live-samples.ts'

/**
 * Keeps a plot that was read true: what is measured from now on is added to it, and what was missed is read again.
 * @returns the points in time that the plots of the page share; null while nothing was read
 */
export function useGrowingPlot<Plot extends GrowingPlot>({
  id,
  queryKey,
  plot,
  followed,
  readAgain,
}: {
  id: string
  queryKey: QueryKey
  plot: Plot | undefined
  followed: Followed
  readAgain: () => void
}): PlotTime | null {
  const client = useQueryClient()
  const [cursor, setCursor] = useState<number | null>(null)
  useLiveSamples(followed, {
    onSamples: ({ at, values }) => {
      const mine = values[id]
      const known = client.getQueryData<Plot>(queryKey)
      if (!mine || !known) return
      const grown = appendSample(known, at, mine)
      if (grown === 'read-again') readAgain()
      else client.setQueryData<Plot>(queryKey, grown)
    },
    onMissed: readAgain,
  })
  if (!plot) return null
  return {
    from: plot.from.getTime(),
    stepMs: plot.stepSeconds * 1000,
    points: Object.values(plot.series)[0]?.length ?? 0,
    cursor,
    onCursor: setCursor,
  }
}
