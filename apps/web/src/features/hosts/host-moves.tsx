'use client'
import { useQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { useEffect, useRef } from 'react'
import { paths } from '#paths.ts'
import { type RouterOutputs, useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { Card } from '#ui/card.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { StateCell } from '#ui/state-cell.tsx'
import { Age } from '#ui/time.tsx'
import { Mib } from '#ui/value-unit.tsx'
import type { HostRow } from './row.ts'

type Allocation = RouterOutputs['compute']['hosts']['allocations']['items'][number]

const words: Record<Allocation['purpose'], string> = {
  instance: 'Here',
  arriving: 'Arriving',
  leaving: 'Leaving: kept until its move is decided',
}

/** Capacity that is taken without an instance being here: what moves hold. Nothing is shown when there is none. */
export function HostMoves({ host }: { host: HostRow }) {
  const trpc = useTRPC()
  const { data, error, refetch } = useQuery(
    trpc.compute.hosts.allocations.queryOptions({ id: host.id, moves: true }, { staleTime: 0 }),
  )
  // What moves hold changes with them, and with what the host counts as taken.
  const { data: moves } = useQuery(
    trpc.compute.migrations.list.queryOptions({ host: host.name, open: true, limit: 100 }),
  )
  const now = [host.generation, ...(moves?.items ?? []).map(({ id, status }) => `${id} ${status}`)].join()
  const seen = useRef(now)
  useEffect(() => {
    if (seen.current !== now) void refetch()
    seen.current = now
  }, [now, refetch])
  if (error) return <ErrorPanel error={readError(error)} onRetry={() => void refetch()} />
  if (!data || data.items.length === 0) return null
  return (
    <Card
      title="Held by moves"
      className="lg:col-span-2"
      flush
      action={
        <Link
          href={paths.admin.migrations({ host: host.name })}
          className="rounded text-xs text-muted hover:text-fg"
        >
          All moves of this host
        </Link>
      }
    >
      <ul aria-label="Held by moves" className="divide-y divide-line">
        {data.items.map((allocation) => (
          <li
            key={allocation.id}
            className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-4 py-3 text-sm"
          >
            <span className="flex flex-wrap items-center gap-x-3">
              <Link
                href={paths.instance(allocation.instanceId)}
                className="rounded font-medium hover:underline"
              >
                {allocation.instanceName}
              </Link>
              <StateCell
                tone={allocation.purpose === 'arriving' ? 'busy' : 'idle'}
                word={words[allocation.purpose]}
              />
            </span>
            <span className="text-xs text-muted">
              {allocation.vcpus} vCPU, <Mib value={allocation.ramMib} />,{' '}
              <Mib value={allocation.diskGib * 1024} /> disk, since <Age at={allocation.createdAt} />
            </span>
          </li>
        ))}
      </ul>
      {data.nextCursor && (
        <p className="border-t border-line px-4 py-2 text-xs text-subtle">There are more than these.</p>
      )}
    </Card>
  )
}
