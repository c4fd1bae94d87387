'use client'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { lineOf, type PlotSpec, Plots, PlotsSkeleton } from '#features/metrics/plots.tsx'
import { RangeChoice, useRange } from '#features/metrics/range.tsx'
import { useGrowingPlot } from '#features/metrics/use-growing-plot.ts'
import { useOperationsOf } from '#features/operations/operation-timeline.tsx'
import { operationTitle, operationTone } from '#features/operations/row.ts'
import { paths } from '#paths.ts'
import { type RouterOutputs, useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { ErrorPanel } from '#ui/error-panel.tsx'
import type { PlotMark } from '#ui/plot/marks.tsx'
import type { InstanceDetail } from '../row.ts'

type Metrics = RouterOutputs['compute']['instances']['metrics']

/** What the instance used, with what was done to it marked in time. */
export function MetricsTab({ instance }: { instance: InstanceDetail }) {
  const { id } = instance
  const trpc = useTRPC()
  const [range, setRange] = useRange()
  const options = trpc.compute.instances.metrics.queryOptions(
    { id, range },
    // What was read a while ago is old: nothing keeps it true while nobody looks.
    { placeholderData: keepPreviousData, staleTime: 0 },
  )
  const { data, error, refetch, isPlaceholderData } = useQuery(options)
  const { data: operations } = useOperationsOf(id)
  const readAgain = () => void refetch()
  const time = useGrowingPlot({
    id,
    queryKey: options.queryKey,
    plot: data,
    followed: { instances: [id] },
    readAgain,
  })
  // An instance that was started has a host again, which has more to tell.
  const { vmState, taskState } = instance
  const settled = useRef(`${vmState} ${taskState}`)
  useEffect(() => {
    const now = `${vmState} ${taskState}`
    if (settled.current !== now && !taskState) void refetch()
    settled.current = now
  }, [vmState, taskState, refetch])

  const marks: PlotMark[] = (operations?.items ?? []).map((operation) => ({
    id: operation.id,
    at: (operation.startedAt ?? operation.createdAt).getTime(),
    label: operationTitle(operation.kind),
    href: paths.operation(operation.id),
    tone: operationTone(operation.status),
  }))
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <RangeChoice range={range} onChange={(next) => void setRange(next)} />
        <p role="status" className="text-xs text-subtle">
          {data && !data.current
            ? 'The host does not answer: the last minutes are missing.'
            : vmState === 'active'
              ? 'Dots mark what was done to the instance.'
              : 'The instance does not run now.'}
        </p>
      </div>
      {error ? (
        <ErrorPanel error={readError(error)} onRetry={readAgain} />
      ) : data && time ? (
        <div className={isPlaceholderData ? 'opacity-60 transition-opacity' : undefined}>
          <Plots
            plots={plotsOf(data)}
            time={time}
            marks={marks}
            empty="A running instance is measured every few seconds, and what it used is kept for a day."
          />
        </div>
      ) : (
        <PlotsSkeleton count={5} />
      )}
    </div>
  )
}

function plotsOf(metrics: Metrics): PlotSpec[] {
  const line = (key: keyof Metrics['series'], label: string) => lineOf(metrics, key, label)
  const hasGuest = metrics.series.memoryUsed.some((value) => value !== null)
  return [
    {
      key: 'cpu',
      title: metrics.vcpus === 1 ? 'CPU, of one vCPU' : `CPU, of ${metrics.vcpus} vCPUs`,
      unit: 'percent',
      limit: 100,
      series: [line('cpu', 'CPU')],
    },
    {
      key: 'memory',
      title: 'Memory',
      unit: 'bytes',
      limit: metrics.memoryBytes,
      series: [
        ...(hasGuest ? [line('memoryUsed', 'In use by the guest')] : []),
        line('memoryResident', 'Held on the host'),
      ],
    },
    {
      key: 'disk-bytes',
      title: 'Disk throughput',
      unit: 'bytes/s',
      series: [line('diskReadBytes', 'Read'), line('diskWriteBytes', 'Written')],
    },
    {
      key: 'disk-ops',
      title: 'Disk operations',
      unit: 'ops/s',
      series: [line('diskReadOps', 'Reads'), line('diskWriteOps', 'Writes')],
    },
    {
      key: 'network-bytes',
      title: 'Network throughput',
      unit: 'bytes/s',
      series: [line('netRxBytes', 'Received'), line('netTxBytes', 'Sent')],
    },
    {
      key: 'network-packets',
      title: 'Network packets',
      unit: 'ops/s',
      series: [line('netRxPackets', 'Received'), line('netTxPackets', 'Sent')],
    },
  ]
}
