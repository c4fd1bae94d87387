'use client'
import { useQuery } from '@tanstack/react-query'
import { Activity } from 'lucide-react'
import Link from 'next/link'
import { useEffect, useState } from 'react'
import { paths } from '#paths.ts'
import { useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { Button } from '#ui/button.tsx'
import { SidePanel } from '#ui/dialog.tsx'
import { EmptyState } from '#ui/empty-state.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import { Spinner } from '#ui/spinner.tsx'
import { Age } from '#ui/time.tsx'
import { OperationProgress, OperationState, ResourceLink } from './operation-bits.tsx'
import { isActive, type OperationRow, operationTitle } from './row.ts'

/** The newest operations of the project; live. */
export const useRecentOperations = () => {
  const trpc = useTRPC()
  return useQuery(trpc.operation.operations.list.queryOptions({ limit: 30 }))
}

/** The button in the top bar that counts what is going on, and the panel it opens. */
export function OperationsButton() {
  const [open, setOpen] = useState(false)
  const { data, error, refetch } = useRecentOperations()
  const active = data?.items.filter(isActive).length ?? 0
  useTitleMark(active > 0)
  return (
    <>
      <Button
        variant="ghost"
        size="icon"
        className="relative"
        aria-label={active > 0 ? `Operations, ${active} running` : 'Operations'}
        onClick={() => setOpen(true)}
      >
        {active > 0 ? <Spinner className="size-4 text-warn-text" /> : <Activity aria-hidden="true" />}
        {active > 0 && (
          <span
            aria-hidden="true"
            className="tabular absolute -right-0.5 -top-0.5 flex h-4 min-w-4 items-center justify-center rounded-full bg-warn-soft px-1 text-[10px] font-semibold text-warn-text"
          >
            {active}
          </span>
        )}
      </Button>
      <SidePanel
        open={open}
        onOpenChange={setOpen}
        title="Operations"
        description="What the cloud is doing and did last, in this project."
        footer={
          <Button asChild size="sm">
            <Link href={paths.operations()} onClick={() => setOpen(false)}>
              Show all
            </Link>
          </Button>
        }
      >
        {error ? (
          <div className="p-4">
            <ErrorPanel error={readError(error)} onRetry={() => void refetch()} />
          </div>
        ) : !data ? (
          <div className="flex flex-col gap-4 p-5">
            <Skeleton />
            <Skeleton />
            <Skeleton />
          </div>
        ) : data.items.length === 0 ? (
          <EmptyState icon={Activity} title="Nothing happened yet">
            Creating, starting or deleting something shows up here with its progress.
          </EmptyState>
        ) : (
          <OperationList operations={data.items} onNavigate={() => setOpen(false)} />
        )}
      </SidePanel>
    </>
  )
}

/** Operations below each other, newest first. */
export function OperationList({
  operations,
  onNavigate,
}: {
  operations: readonly OperationRow[]
  onNavigate?: () => void
}) {
  return (
    <ul className="divide-y divide-line" aria-live="polite" aria-relevant="additions">
      {operations.map((operation) => (
        <li key={operation.id} className="flex flex-col gap-1.5 px-4 py-3">
          <div className="flex items-center justify-between gap-3">
            <Link
              href={paths.operation(operation.id)}
              onClick={onNavigate}
              className="truncate rounded text-sm font-medium hover:underline"
            >
              {operationTitle(operation.kind)}
            </Link>
            <OperationState operation={operation} />
          </div>
          <div className="flex items-center justify-between gap-3 text-xs text-subtle">
            <span className="flex min-w-0 text-muted">
              <ResourceLink operation={operation} />
            </span>
            <Age at={operation.endedAt ?? operation.createdAt} className="shrink-0" />
          </div>
          <OperationProgress operation={operation} />
          {operation.status === 'failed' && operation.errorMessage && (
            <p className="line-clamp-2 break-words text-xs text-bad-text">{operation.errorMessage}</p>
          )}
        </li>
      ))}
    </ul>
  )
}

/** A mark before the page's title while something is going on, for whoever looks at another tab. */
function useTitleMark(active: boolean) {
  useEffect(() => {
    if (!active) return
    const mark = '◌ '
    const put = () => {
      if (!document.title.startsWith(mark)) document.title = mark + document.title
    }
    put()
    const head = document.querySelector('head')!
    const observer = new MutationObserver(put)
    observer.observe(head, { childList: true, subtree: true, characterData: true })
    return () => {
      observer.disconnect()
      if (document.title.startsWith(mark)) document.title = document.title.slice(mark.length)
    }
  }, [active])
}
