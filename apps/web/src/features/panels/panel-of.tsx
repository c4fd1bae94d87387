'use client'
import type { ReactNode } from 'react'
import { readError } from '#trpc/error.ts'
import { SidePanel } from '#ui/dialog.tsx'
import { ErrorPanel } from '#ui/error-panel.tsx'
import { Skeleton } from '#ui/skeleton.tsx'

/** A panel about something that must be read first, as when its URL was opened. */
export function PanelOf<Data>({
  title,
  query,
  onClose,
  children,
}: {
  title: string
  query: { data: Data | undefined; error: unknown; refetch: () => unknown }
  onClose: () => void
  children: (data: Data) => ReactNode
}) {
  if (query.data !== undefined) return children(query.data)
  return (
    <SidePanel open onOpenChange={(open) => !open && onClose()} title={title}>
      <div className="flex flex-col gap-4 p-5" aria-busy={!query.error}>
        {query.error ? (
          <ErrorPanel error={readError(query.error)} onRetry={() => void query.refetch()} />
        ) : (
          <>
            <Skeleton className="h-9" />
            <Skeleton className="h-9" />
            <Skeleton className="h-9" />
          </>
        )}
      </div>
    </SidePanel>
  )
}
