'use client'
import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import Link from 'next/link'
import { OperationList, useRecentOperations } from '#features/operations/operations-panel.tsx'
import { quotaFormat, quotaLabel, quotaPage } from '#features/quotas/quotas.tsx'
import { useSession, useWhyReadOnly } from '#features/session/use-session.ts'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { Button } from '#ui/button.tsx'
import { Card } from '#ui/card.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { Gauge } from '#ui/gauge.tsx'
import { PageHeader } from '#ui/page-header.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import { GettingStarted } from './getting-started.tsx'

const first = ['instances', 'cores', 'ram', 'networks', 'ports', 'key_pairs', 'images', 'image_bytes']

/** What there is, what is left, what happened, what failed. */
export function OverviewPage() {
  const { project, user } = useSession()
  const readOnly = useWhyReadOnly()
  return (
    <>
      <PageHeader
        title={project ? project.name : `Welcome, ${user.name}`}
        description={project ? 'How this project is doing.' : 'Choose a project above to begin.'}
        actions={
          !readOnly && (
            <Button asChild variant="primary">
              <Link href={paths.instanceNew()}>
                <Plus aria-hidden="true" /> Create instance
              </Link>
            </Button>
          )
        }
      />
      {project && (
        <div className="flex flex-col gap-4">
          <GettingStarted />
          <QuotaCard />
          <div className="grid items-start gap-4 lg:grid-cols-2">
            <RecentCard />
            <FailedCard />
          </div>
        </div>
      )}
    </>
  )
}

function QuotaCard() {
  const trpc = useTRPC()
  const { data, error, refetch } = useQuery(trpc.identity.quotas.show.queryOptions({}))
  const place = (resource: string) => {
    const index = first.indexOf(resource)
    return index === -1 ? first.length : index
  }
  return (
    <Card title="Quotas">
      {error ? (
        <ErrorPanel error={readError(error)} onRetry={() => void refetch()} />
      ) : (
        <ul className="grid grid-cols-1 gap-x-6 gap-y-1 min-[480px]:grid-cols-2 lg:grid-cols-4">
          {data
            ? [...data]
                .sort((a, b) => place(a.resource) - place(b.resource))
                .map(({ resource, used, limit }) => (
                  <li key={resource}>
                    <Link
                      href={quotaPage(resource)}
                      className="-mx-2 block rounded-md px-2 py-2 transition-colors hover:bg-hover"
                    >
                      <Gauge
                        label={quotaLabel(resource)}
                        used={used}
                        limit={limit}
                        format={(value) => quotaFormat(resource, value)}
                      />
                    </Link>
                  </li>
                ))
            : Array.from({ length: 8 }, (_, index) => (
                <li key={index} className="py-2">
                  <Skeleton className="h-8" />
                </li>
              ))}
        </ul>
      )}
    </Card>
  )
}

function RecentCard() {
  const { data, error, refetch } = useRecentOperations()
  return (
    <Card
      flush
      title="Recent operations"
      action={
        <Link href={paths.operations()} className="rounded text-xs text-muted hover:text-fg">
          Show all
        </Link>
      }
    >
      {error ? (
        <div className="p-4">
          <ErrorPanel error={readError(error)} onRetry={() => void refetch()} />
        </div>
      ) : !data ? (
        <Lines />
      ) : data.items.length === 0 ? (
        <p className="p-4 text-sm text-muted">Nothing happened here yet.</p>
      ) : (
        <OperationList operations={data.items.slice(0, 6)} />
      )}
    </Card>
  )
}

function FailedCard() {
  const trpc = useTRPC()
  const { data, error, refetch } = useQuery(
    trpc.operation.operations.list.queryOptions({ status: 'failed', limit: 5 }),
  )
  return (
    <Card
      flush
      title="Failed lately"
      action={
        <Link
          href={paths.operations({ status: 'failed' })}
          className="rounded text-xs text-muted hover:text-fg"
        >
          Show all
        </Link>
      }
    >
      {error ? (
        <div className="p-4">
          <ErrorPanel error={readError(error)} onRetry={() => void refetch()} />
        </div>
      ) : !data ? (
        <Lines />
      ) : data.items.length === 0 ? (
        <p className="p-4 text-sm text-muted">Nothing failed. When something does, its reason is here.</p>
      ) : (
        <OperationList operations={data.items} />
      )}
    </Card>
  )
}

const Lines = () => (
  <div className="flex flex-col gap-4 p-4" aria-busy="true">
    <Skeleton />
    <Skeleton />
    <Skeleton />
  </div>
)
