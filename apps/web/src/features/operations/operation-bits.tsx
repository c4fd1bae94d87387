'use client'
import Link from 'next/link'
import { paths } from '#paths.ts'
import { Progress } from '#ui/progress.tsx'
import { StateCell } from '#ui/state-cell.tsx'
import { isActive, type OperationRow, operationTone } from './row.ts'

const words: Record<string, string> = {
  queued: 'Queued',
  running: 'Running',
  undoing: 'Undoing',
  succeeded: 'Done',
  failed: 'Failed',
  cancelled: 'Cancelled',
}

/** State of an operation with its elapsed time while it runs. */
export function OperationState({ operation }: { operation: OperationRow }) {
  return (
    <StateCell
      tone={operationTone(operation.status)}
      word={
        operation.cancelRequested && isActive(operation)
          ? 'Cancelling'
          : (words[operation.status] ?? operation.status)
      }
      since={operation.startedAt ?? operation.createdAt}
    />
  )
}

/** Bar and words of what is happening now. Nothing once it ended. */
export function OperationProgress({ operation }: { operation: OperationRow }) {
  if (!isActive(operation)) return null
  return (
    <div className="flex flex-col gap-1">
      <Progress
        value={operation.status === 'queued' ? 0 : operation.progress}
        label={`Progress of ${operation.resourceName || operation.kind}`}
        tone={operation.status === 'undoing' ? 'warn' : 'accent'}
      />
      {operation.message && <p className="truncate text-xs text-subtle">{operation.message}</p>}
    </div>
  )
}

const pageOf: Partial<Record<string, (id: string) => string>> = {
  instance: (id) => paths.instance(id),
  image: paths.image,
  network: (id) => paths.network(id),
  volume: (id) => paths.volume(id),
  volume_snapshot: paths.volumeSnapshot,
  volume_backup: paths.volumeBackup,
}

/** What an operation is about, as a link where there is a page for it. */
export function ResourceLink({ operation }: { operation: OperationRow }) {
  const name = operation.resourceName || operation.resourceId
  const page = pageOf[operation.resourceType]
  const deleted = operation.kind.endsWith('-delete') && operation.status === 'succeeded'
  if (!page || deleted) return <span className="truncate">{name}</span>
  return (
    <Link href={page(operation.resourceId)} className="truncate rounded hover:underline">
      {name}
    </Link>
  )
}
