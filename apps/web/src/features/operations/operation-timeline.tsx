'use client'
import { useQuery } from '@tanstack/react-query'
import { Activity, ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { useSession } from '#features/session/use-session.ts'
import { useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { Card } from '#ui/card.tsx'
import { cn } from '#ui/cn.ts'
import { EmptyState } from '#ui/empty-state.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import { Age, Elapsed } from '#ui/time.tsx'
import { OperationProgress, OperationState } from './operation-bits.tsx'
import { OperationView } from './operation-view.tsx'
import { isActive, type OperationRow, operationTitle } from './row.ts'

/** What was done to a resource lately, newest first. Administrators look at resources of other projects, too. */
export function useOperationsOf(resourceId: string) {
  const trpc = useTRPC()
  const { isAdmin } = useSession()
  return useQuery(
    trpc.operation.operations.list.queryOptions({
      resourceId,
      limit: 50,
      ...(isAdmin && { allProjects: true }),
    }),
  )
}

/** Everything that was done to a resource, newest first; each opens to its steps. */
export function OperationTimeline({
  resourceId,
  noun,
}: {
  resourceId: string
  /** "volume". */
  noun: string
}) {
  const { data, error, refetch } = useOperationsOf(resourceId)
  if (error) return <ErrorPanel error={readError(error)} onRetry={() => void refetch()} />
  if (!data) return <Skeleton className="h-40 w-full rounded-xl" />
  if (data.items.length === 0)
    return (
      <EmptyState icon={Activity} title="No operations">
        Nothing was done to this {noun} that is still remembered.
      </EmptyState>
    )
  return (
    <Card flush>
      <OperationEntries operations={data.items} />
    </Card>
  )
}

/** Operations of one resource, newest first; each opens to its steps. The one that people come for is open. */
export function OperationEntries({ operations }: { operations: readonly OperationRow[] }) {
  const [open, setOpen] = useState<string | null>(null)
  // What is going on, or went wrong last.
  const shown = open ?? operations.find(isActive)?.id ?? operations[0]?.id
  return (
    <ol aria-label="Timeline" className="divide-y divide-line">
      {operations.map((operation) => (
        <Entry
          key={operation.id}
          operation={operation}
          expanded={operation.id === shown}
          onToggle={() => setOpen(operation.id === shown ? '' : operation.id)}
        />
      ))}
    </ol>
  )
}

function Entry({
  operation,
  expanded,
  onToggle,
}: {
  operation: OperationRow
  expanded: boolean
  onToggle: () => void
}) {
  return (
    <li>
      <button
        type="button"
        aria-expanded={expanded}
        onClick={onToggle}
        className="flex w-full items-center gap-3 px-4 py-3 text-left hover:bg-hover focus-visible:outline-offset-[-2px]"
      >
        <ChevronRight
          className={cn('size-4 shrink-0 text-subtle transition-transform', expanded && 'rotate-90')}
          aria-hidden="true"
        />
        <span className="min-w-0 flex-1">
          <span className="block truncate text-sm font-medium">{operationTitle(operation.kind)}</span>
          <span className="text-xs text-subtle">
            <Age at={operation.createdAt} />
            {operation.userName && ` by ${operation.userName}`}
            {operation.endedAt && (
              <>
                {' · '}
                <Elapsed from={operation.startedAt ?? operation.createdAt} to={operation.endedAt} />
              </>
            )}
          </span>
        </span>
        <OperationState operation={operation} />
      </button>
      {expanded ? (
        <div className="border-t border-line bg-bg/50 px-4 py-4 sm:pl-11">
          <OperationView id={operation.id} />
        </div>
      ) : (
        isActive(operation) && (
          <div className="px-4 pb-3 sm:pl-11">
            <OperationProgress operation={operation} />
          </div>
        )
      )}
    </li>
  )
}
