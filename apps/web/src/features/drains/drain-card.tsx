'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Pause, Play, Square } from 'lucide-react'
import Link from 'next/link'
import type { HostRow } from '#features/hosts/row.ts'
import { MigrationProgress } from '#features/migrations/migration-bits.tsx'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { toastRefusal } from '#trpc/refused.ts'
import { Badge } from '#ui/badge.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { Progress } from '#ui/progress.tsx'
import { StateCell } from '#ui/state-cell.tsx'
import { Age } from '#ui/time.tsx'
import {
  type DrainMove,
  type DrainRow,
  drainLook,
  drainPercent,
  isOpen,
  moveLook,
  progressWords,
  wayWords,
} from './row.ts'

/** The drain of a host that goes on, or its last one. Nothing where it was never drained. */
export function DrainCard({ host }: { host: HostRow }) {
  const trpc = useTRPC()
  const { data } = useQuery(trpc.compute.drains.list.queryOptions({ hostId: host.id, limit: 1 }))
  const drain = data?.items[0]
  return drain ? <Loaded drain={drain} /> : null
}

function Loaded({ drain }: { drain: DrainRow }) {
  const trpc = useTRPC()
  const { data } = useQuery(trpc.compute.drains.show.queryOptions({ id: drain.id }))
  return (
    <Card
      title={isOpen(drain) ? 'Drain' : 'Last drain'}
      action={isOpen(drain) && <DrainButtons drain={drain} />}
      className="lg:col-span-2"
    >
      <div className="flex flex-col gap-3" aria-busy={!data}>
        <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 text-sm">
          <StateCell {...drainLook(drain)} />
          <span className="text-xs text-subtle">
            begun <Age at={drain.createdAt} />
            {isOpen(drain) && `, ${drain.concurrency} at the same time`}
          </span>
        </div>
        <Progress
          value={drainPercent(drain)}
          label={`Progress of the drain of ${drain.hostName}`}
          tone={isOpen(drain) ? 'accent' : drainLook(drain).tone === 'ok' ? 'ok' : 'warn'}
        />
        <p className="tabular text-xs text-muted">{progressWords(drain)}</p>
        {data && data.moves.length > 0 && <Moves hostName={drain.hostName} moves={data.moves} />}
      </div>
    </Card>
  )
}

function DrainButtons({ drain }: { drain: DrainRow }) {
  const trpc = useTRPC()
  const onError = (error: unknown) => toastRefusal(`Cannot change the drain of ${drain.hostName}`, error)
  const pause = useMutation(trpc.compute.drains.pause.mutationOptions({ onError }))
  const resume = useMutation(trpc.compute.drains.resume.mutationOptions({ onError }))
  const abort = useMutation(trpc.compute.drains.abort.mutationOptions({ onError }))
  const { id, status } = drain
  return (
    <span className="flex flex-wrap gap-2">
      {status === 'running' ? (
        <Button size="sm" loading={pause.isPending} onClick={() => pause.mutate({ id })}>
          <Pause aria-hidden="true" /> Pause
        </Button>
      ) : (
        <Button size="sm" loading={resume.isPending} onClick={() => resume.mutate({ id })}>
          <Play aria-hidden="true" /> Resume
        </Button>
      )}
      <Button size="sm" loading={abort.isPending} onClick={() => abort.mutate({ id })}>
        <Square aria-hidden="true" /> Abort
      </Button>
    </span>
  )
}

function Moves({ hostName, moves }: { hostName: string; moves: readonly DrainMove[] }) {
  const trpc = useTRPC()
  const moving = moves.some(({ status }) => status === 'moving')
  // Their bytes come by events.
  const { data } = useQuery(
    trpc.compute.migrations.list.queryOptions({ host: hostName, open: true, limit: 50 }, { enabled: moving }),
  )
  return (
    <ul
      aria-label={`Instances that leave ${hostName}`}
      className="scroll-thin max-h-96 divide-y divide-line overflow-y-auto rounded-lg border border-line"
    >
      {moves.map((move) => {
        const migration = data?.items.find(({ id }) => id === move.migrationId)
        return (
          <li key={move.instanceId} className="flex flex-wrap items-center gap-x-4 gap-y-1 px-3 py-2 text-sm">
            <span className="flex min-w-40 flex-1 items-center gap-2">
              <Link
                href={paths.instance(move.instanceId)}
                className="min-w-0 truncate rounded hover:underline"
              >
                {move.instanceName}
              </Link>
              {move.way !== 'none' && <Badge>{wayWords[move.way]}</Badge>}
            </span>
            {move.destHost && <span className="text-xs text-muted">to {move.destHost}</span>}
            <StateCell {...moveLook(move)} className="min-w-24" />
            {migration && move.status === 'moving' && (
              <div className="w-full sm:w-40">
                <MigrationProgress migration={migration} />
              </div>
            )}
            {move.reason && <span className="w-full text-xs text-muted">{move.reason}</span>}
          </li>
        )
      })}
    </ul>
  )
}
