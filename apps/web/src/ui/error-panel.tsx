'use client'
import { CircleAlert, RotateCw } from 'lucide-react'
import type { ReactNode } from 'react'
import type { ShownError } from '#trpc/error.ts'
import { Button } from './button.tsx'
import { cn } from './cn.ts'
import { Copyable } from './copy.tsx'

/** What happened, what to do, and the request id for whoever looks into it. */
export function ErrorPanel({
  error,
  title,
  onRetry,
  children,
  className,
}: {
  error: Pick<ShownError, 'message' | 'remedy' | 'requestId'>
  title?: string
  onRetry?: () => void
  /** More that explains it, such as a table. */
  children?: ReactNode
  className?: string
}) {
  return (
    <div
      role="alert"
      className={cn('min-w-0 rounded-lg border border-bad/40 bg-bad-soft px-4 py-3 text-sm', className)}
    >
      <div className="flex items-start gap-3">
        <CircleAlert className="mt-0.5 size-4 shrink-0 text-bad-text" aria-hidden="true" />
        <div className="min-w-0 flex-1">
          <p className="font-medium">{title ?? error.message}</p>
          {title && <p className="mt-0.5 break-words text-muted">{error.message}</p>}
          {error.remedy && <p className="mt-0.5 text-muted">{error.remedy}</p>}
          {children}
          {error.requestId && (
            <p className="mt-1.5 flex min-w-0 items-center gap-1.5 text-xs text-subtle">
              Request <Copyable value={error.requestId} what="request id" className="min-w-0" />
            </p>
          )}
        </div>
        {onRetry && (
          <Button size="sm" onClick={onRetry}>
            <RotateCw aria-hidden="true" /> Try again
          </Button>
        )}
      </div>
    </div>
  )
}
