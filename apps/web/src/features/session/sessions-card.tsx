'use client'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { toast } from 'sonner'
import { useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { Badge } from '#ui/badge.tsx'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import { Age } from '#ui/time.tsx'

/** Where one is signed in, and how to end that. */
export function SessionsCard() {
  const trpc = useTRPC()
  const client = useQueryClient()
  const { data, error, refetch } = useQuery(trpc.identity.sessions.list.queryOptions({}))
  const revoke = useMutation(
    trpc.identity.sessions.revoke.mutationOptions({
      onSuccess: () => client.invalidateQueries(trpc.identity.sessions.list.pathFilter()),
      onError: (refused) => {
        toast.error(readError(refused).message)
      },
    }),
  )
  return (
    <Card title="Sessions" flush className="lg:col-span-2">
      {error ? (
        <div className="p-4">
          <ErrorPanel error={readError(error)} onRetry={() => void refetch()} />
        </div>
      ) : !data ? (
        <div className="p-4">
          <Skeleton />
        </div>
      ) : (
        <ul className="divide-y divide-line">
          {data.items.map((session) => (
            <li key={session.id} className="flex items-center justify-between gap-4 px-4 py-3">
              <div className="min-w-0">
                <p className="flex items-center gap-2 text-sm">
                  <span className="font-mono text-[13px]">{session.address || 'unknown address'}</span>
                  {session.current && <Badge tone="accent">this one</Badge>}
                </p>
                <p className="truncate text-xs text-subtle">
                  {session.userAgent || 'unknown program'} · seen <Age at={session.lastSeenAt} />
                </p>
              </div>
              <Button
                size="sm"
                reason={session.current ? 'Sign out to end this one.' : null}
                onClick={() => revoke.mutate({ id: session.id })}
              >
                End
              </Button>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}
