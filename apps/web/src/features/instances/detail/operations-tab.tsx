'use client'
import { Activity, ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { OperationProgress, OperationState } from '#features/operations/operation-bits.tsx'
import { OperationView } from '#features/operations/operation-view.tsx'
import { isActive, type OperationRow, operationTitle } from '#features/operations/row.ts'
import { readError } from '#trpc/error.ts'
import { Card } from '#ui/card.tsx'
import { cn } from '#ui/cn.ts'
import { EmptyState } from '#ui/empty-state.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import { Age, Elapsed } from '#ui/time.tsx'
import type { InstanceDetail } from '../row.ts'
import { HistoryCard } from './history-card.tsx'
import { useInstanceOperations } from './use-instance-operations.ts'

/** Everything that was done to the instance, newest first; each opens to its steps. */
export function OperationsTab({ instance }: { instance: InstanceDetail }) {
  const { data, error, refetch } = useInstanceOperations(instance.id)
  const [open, setOpen] = useState<string | null>(null)
  if (error) return <ErrorPanel error={readError(error)} onRetry={() => void refetch()} />
  if (!data) return <Skeleton className="h-40 w-full rounded-xl" />
  if (data.items.length === 0)
    return (
      <>
        <EmptyState icon={Activity} title="No operations">
          Nothing was done to this instance that is still remembered.
        </EmptyState>
        <HistoryCard instance={instance} />
      </>
    )
  // What is going on, or went wrong last, is what people come for.
  const shown = open ?? data.items.find(isActive)?.id ?? data.items[0]!.id
  return (
    <div className="flex flex-col gap-4">
      <Card flush>
        <ol aria-label="Timeline" className="divide-y divide-line">
          {data.items.map((operation) => (
            <Entry
              key={operation.id}
              operation={operation}
              expanded={operation.id === shown}
              onToggle={() => setOpen(operation.id === shown ? '' : operation.id)}
            />
          ))}
        </ol>
      </Card>
      <HistoryCard instance={instance} />
    </div>
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
