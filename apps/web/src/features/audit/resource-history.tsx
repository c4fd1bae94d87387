'use client'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useSession } from '#features/session/use-session.ts'
import { useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import { Age } from '#ui/time.tsx'
import { verbTitle } from './row.ts'

/** Who did what to a resource, newest first, also what no work followed from. */
export function ResourceHistory({ resourceId }: { resourceId: string }) {
  const trpc = useTRPC()
  const { isAdmin } = useSession()
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    trpc.operation.audit.list.infiniteQueryOptions(
      { resourceId, limit: 25, ...(isAdmin && { allProjects: true }) },
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
          {rows.map(({ id, verb, userName, actorType, at }) => (
            <li
              key={id}
              className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-0.5 px-4 py-2.5 text-sm"
            >
              <span className="min-w-0 font-medium">{verbTitle(verb)}</span>
              <span className="text-xs text-subtle">
                {userName || actorType}, <Age at={at} />
              </span>
            </li>
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
