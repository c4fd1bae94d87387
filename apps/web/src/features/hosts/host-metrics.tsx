'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { lineOf, type PlotSpec, Plots, PlotsSkeleton } from '#features/metrics/plots.tsx'
import { RangeChoice, useRange } from '#features/metrics/range.tsx'
import { useGrowingPlot } from '#features/metrics/use-growing-plot.ts'
import { type RouterOutputs, useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { ErrorPanel } from '#ui/error-panel.tsx'

type Metrics = RouterOutputs['compute']['hosts']['metrics']

/** What a host used, the machine as a whole: instances, workers and everything else that runs on it. */
export function HostMetrics({ hostId }: { hostId: string }) {
  const trpc = useTRPC()
  const [range, setRange] = useRange()
  const options = trpc.compute.hosts.metrics.queryOptions(
    { id: hostId, range },
    { placeholderData: keepPreviousData, staleTime: 0 },
  )
  const { data, error, refetch, isPlaceholderData } = useQuery(options)
  const readAgain = () => void refetch()
  const time = useGrowingPlot({
    id: hostId,
    queryKey: options.queryKey,
    plot: data,
    followed: { hosts: [hostId] },
    readAgain,
  })
  return (
    <section aria-labelledby="host-load" className="flex flex-col gap-3 lg:col-span-2">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 id="host-load" className="text-sm font-semibold">
          Load of the machine
        </h2>
        {data && !data.current && (
          <p role="status" className="text-xs text-subtle">
            The host does not answer: the last minutes are missing.
          </p>
        )}
        <RangeChoice range={range} onChange={(next) => void setRange(next)} />
      </div>
      {error ? (
        <ErrorPanel error={readError(error)} onRetry={readAgain} />
      ) : data && time ? (
        <div className={isPlaceholderData ? 'opacity-60 transition-opacity' : undefined}>
          <Plots
            plots={plotsOf(data)}
            time={time}
            empty="A host is measured while its compute worker runs, and what it used is kept for a day."
          />
        </div>
      ) : (
        <PlotsSkeleton count={6} />
      )}
    </section>
  )
}

function plotsOf(metrics: Metrics): PlotSpec[] {
  const line = (key: keyof Metrics['series'], label: string) => lineOf(metrics, key, label)
  return [
    { key: 'cpu', title: 'CPU', unit: 'percent', limit: 100, series: [line('cpu', 'All CPUs')] },
    { key: 'load', title: 'Load', unit: 'number', series: [line('load', 'Load of one minute')] },
    { key: 'memory', title: 'Memory', unit: 'bytes', series: [line('memoryUsed', 'In use')] },
    {
      key: 'disk',
      title: 'Disk throughput',
      unit: 'bytes/s',
      series: [line('diskReadBytes', 'Read'), line('diskWriteBytes', 'Written')],
    },
    { key: 'space', title: 'Disk space', unit: 'bytes', series: [line('diskUsed', 'In use')] },
    {
      key: 'network',
      title: 'Network throughput',
      unit: 'bytes/s',
      series: [line('netRxBytes', 'Received'), line('netTxBytes', 'Sent')],
    },
  ]
}
