'use client'
import { useMutation, useQuery } from '@tanstack/react-query'
import { RotateCw, Square } from 'lucide-react'
import { toast } from 'sonner'
import { useWhyReadOnly } from '#features/session/use-session.ts'
import { useTRPC } from '#trpc/client.ts'
import { readError } from '#trpc/error.ts'
import { Button } from '#ui/button.tsx'
import { Copyable } from '#ui/copy.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { Skeleton } from '#ui/skeleton.tsx'
import { Age, Elapsed } from '#ui/time.tsx'
import { OperationProgress, OperationState, ResourceLink } from './operation-bits.tsx'
import { OperationSteps } from './operation-steps.tsx'
import { Placement } from './placement-table.tsx'
import { isActive, type OperationDetail, operationTitle } from './row.ts'

/** One operation with its steps. Live: an event about it asks for the steps again. */
export const useOperation = (id: string) => {
  const trpc = useTRPC()
  return useQuery(trpc.operation.operations.show.queryOptions({ id }))
}

/** Everything about one operation: steps, why it failed, cancel and retry. */
export function OperationView({ id, heading }: { id: string; heading?: boolean }) {
  const { data: operation, error, refetch } = useOperation(id)
  if (error) return <ErrorPanel error={readError(error)} onRetry={() => void refetch()} />
  if (!operation) return <OperationSkeleton />
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0">
          {heading && (
            <h1 className="mb-1 flex min-w-0 flex-wrap items-baseline gap-x-2 text-xl font-semibold tracking-tight">
              {operationTitle(operation.kind)}
              <span className="flex min-w-0 font-normal text-muted">
                <ResourceLink operation={operation} />
              </span>
            </h1>
          )}
          <div className="flex flex-wrap items-center gap-x-4 gap-y-1 text-xs text-subtle">
            <OperationState operation={operation} />
            <span>
              begun <Age at={operation.createdAt} />
              {operation.userName && ` by ${operation.userName}`}
            </span>
            {operation.startedAt && operation.endedAt && (
              <span>
                took <Elapsed from={operation.startedAt} to={operation.endedAt} />
              </span>
            )}
            <Copyable value={operation.requestId} what="request id" className="text-subtle" />
          </div>
        </div>
        <OperationButtons operation={operation} />
      </div>
      <OperationProgress operation={operation} />
      <OperationFailure operation={operation} />
      <OperationSteps steps={operation.steps} />
      {operation.status !== 'failed' && operation.placement.length > 0 && (
        <details>
          <summary className="mb-2 cursor-pointer rounded text-sm text-muted">Why this host</summary>
          <Placement attempts={operation.placement} />
        </details>
      )}
    </div>
  )
}

function OperationFailure({ operation }: { operation: OperationDetail }) {
  if (operation.status !== 'failed' && operation.status !== 'undoing') return null
  if (!operation.errorMessage) return null
  return (
    <ErrorPanel error={{ message: operation.errorMessage, remedy: null, requestId: operation.requestId }}>
      {operation.placement.length > 0 && (
        <div className="mt-2">
          <Placement attempts={operation.placement} />
        </div>
      )}
    </ErrorPanel>
  )
}

function OperationButtons({ operation }: { operation: OperationDetail }) {
  const trpc = useTRPC()
  const readOnly = useWhyReadOnly()
  const refused = (error: unknown) => {
    const { message, remedy } = readError(error)
    toast.error(message, { description: remedy })
  }
  const cancel = useMutation(trpc.operation.operations.cancel.mutationOptions({ onError: refused }))
  const retry = useMutation(
    trpc.operation.operations.retry.mutationOptions({
      onSuccess: () => {
        toast.success(`${operationTitle(operation.kind)}: trying again`)
      },
      onError: refused,
    }),
  )
  if (isActive(operation))
    return (
      <Button
        size="sm"
        loading={cancel.isPending}
        reason={readOnly ?? operation.whyNotCancel}
        onClick={() => cancel.mutate({ id: operation.id })}
      >
        <Square aria-hidden="true" /> Cancel
      </Button>
    )
  if (operation.status === 'failed')
    return (
      <Button
        size="sm"
        loading={retry.isPending}
        reason={readOnly ?? operation.whyNotRetry}
        onClick={() => retry.mutate({ id: operation.id })}
      >
        <RotateCw aria-hidden="true" /> Retry
      </Button>
    )
  return null
}

function OperationSkeleton() {
  return (
    <div className="flex flex-col gap-3" aria-busy="true">
      <Skeleton className="h-6 w-64" />
      <Skeleton className="w-40" />
      <Skeleton className="w-full" />
      <Skeleton className="w-5/6" />
      <Skeleton className="w-4/6" />
    </div>
  )
}
