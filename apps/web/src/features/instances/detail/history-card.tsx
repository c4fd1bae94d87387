'use client'
import { useInfiniteQuery } from '@tanstack/react-query'
import Link from 'next/link'
import { paths } from '#paths.ts'
import { type RouterOutputs, useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import { Age } from '#ui/time.tsx'
import { actionTitle } from '../action-title.ts'
import type { InstanceDetail } from '../row.ts'

type ActionRow = RouterOutputs['compute']['instances']['actions']['items'][number]

/** Who did what to the instance, and what happened to it by itself, newest first. */
export function HistoryCard({ instance }: { instance: InstanceDetail }) {
  const trpc = useTRPC()
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    trpc.compute.instances.actions.infiniteQueryOptions(
      { id: instance.id, limit: 25 },
      { getNextPageParam: (page) => page.nextCursor ?? undefined },
    ),
  )
  const rows = data?.pages.flatMap(({ items }) => items)
  return (
    <Card title="History" flush>
      {error ? (
        <div className="p-4">
          <ErrorPanel error={readError(error)} onRetry={() => void refetch()} />
        </div>
      ) : !rows ? (
        <Skeleton className="m-4 h-24" />
      ) : (
        <ol aria-label="History" className="divide-y divide-line">
          {rows.map((row) => (
            <Entry key={row.id} row={row} />
          ))}
        </ol>
      )}
      {hasNextPage && (
        <div className="border-t border-line px-4 py-2.5">
          <Button size="sm" variant="ghost" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Older
          </Button>
        </div>
      )}
    </Card>
  )
}

function Entry({ row }: { row: ActionRow }) {
  const { title, bad, note } = actionTitle(row.action, row.detail)
  return (
    <li className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-0.5 px-4 py-2.5 text-sm">
      <span className="min-w-0">
        <span className={bad ? 'font-medium text-bad-text' : 'font-medium'}>{title}</span>
        {note && <span className="ml-2 break-words text-muted">{note}</span>}
      </span>
      <span className="flex items-baseline gap-3 text-xs text-subtle">
        {row.operation?.status === 'failed' && <span className="text-bad-text">failed</span>}
        {row.operation && (
          <Link href={paths.operation(row.operation.id)} className="rounded hover:underline">
            Steps
          </Link>
        )}
        <span>
          {row.userName} <Age at={row.at} />
        </span>
      </span>
    </li>
  )
}
