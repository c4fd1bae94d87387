'use client'
import Link from 'next/link'
import type { ReactNode } from 'react'
import type { ShownError } from '#trpc/error.ts'
import { BackLink } from './back-link.tsx'
import { Button } from './button.tsx'
import { ErrorPanel } from './error-panel.tsx'
import { Skeleton } from './skeleton.tsx'
import { Age } from './time.tsx'

/** What every page of one resource has: the way back, its skeleton, its errors, and the news that it is gone. */
export function ResourcePage<Row extends { name: string }>({
  list,
  noun,
  row,
  gone,
  goneNote,
  error,
  onRetry,
  children,
}: {
  /** The list that it belongs to. */
  list: { href: string; label: string }
  /** "image". */
  noun: string
  row: Row | undefined
  /** When it was deleted while somebody looked at it. */
  gone: Date | null
  /** What became of what it held. */
  goneNote?: string
  error: ShownError | null
  onRetry: () => void
  children: (row: Row) => ReactNode
}) {
  return (
    <>
      <BackLink href={list.href}>{list.label}</BackLink>
      {gone ? (
        <div role="status" className="rounded-xl border border-line bg-surface px-6 py-14 text-center">
          <h1 className="text-base font-semibold">
            {row ? `${row.name} was deleted` : `This ${noun} was deleted`}
          </h1>
          <p className="mt-1.5 text-sm text-muted">
            <Age at={gone} />
            {goneNote && `. ${goneNote}`}
          </p>
          <Button asChild className="mt-5">
            <Link href={list.href}>Back to {list.label.toLowerCase()}</Link>
          </Button>
        </div>
      ) : error ? (
        <ErrorPanel error={error} onRetry={onRetry} />
      ) : row ? (
        children(row)
      ) : (
        <div aria-busy="true" className="flex flex-col gap-4">
          <Skeleton className="h-7 w-56" />
          <Skeleton className="h-16 w-full rounded-xl" />
          <Skeleton className="h-56 w-full rounded-xl" />
        </div>
      )}
    </>
  )
}

/** Name of a resource and what can be done to it. */
export function ResourceHeader({
  name,
  mark,
  children,
}: {
  name: string
  /** Badges beside the name. */
  mark?: ReactNode
  children: ReactNode
}) {
  return (
    <header className="mb-4 flex flex-wrap items-center justify-between gap-3">
      <div className="flex min-w-0 items-center gap-2.5">
        <h1 className="min-w-0 truncate text-xl font-semibold tracking-tight">{name}</h1>
        {mark}
      </div>
      <div className="flex flex-wrap items-center gap-2">{children}</div>
    </header>
  )
}
