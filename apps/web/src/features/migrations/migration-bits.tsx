'use client'
import { ArrowRight } from 'lucide-react'
import { Progress } from '#ui/progress.tsx'
import { StateCell } from '#ui/state-cell.tsx'
import { Bytes } from '#ui/value-unit.tsx'
import { isMoving, type MigrationRow, migrationLook, migrationPercent } from './row.ts'

/** State of a move, with its elapsed time while it is under way. */
export const MigrationState = ({ migration }: { migration: MigrationRow }) => (
  <StateCell {...migrationLook(migration)} />
)

/** From which host to which. */
export function MigrationPath({ migration }: { migration: MigrationRow }) {
  const { sourceHost, destHost, requestedHost } = migration
  const to = destHost ?? requestedHost
  if (sourceHost && sourceHost === to) return <span>stays on {sourceHost}</span>
  return (
    <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
      {sourceHost || '–'}
      <ArrowRight className="size-3.5 text-subtle" aria-label="to" />
      {to ?? <span className="text-subtle">being chosen</span>}
    </span>
  )
}

/** Bar and bytes of what has arrived. Nothing once it is there. */
export function MigrationProgress({ migration }: { migration: MigrationRow }) {
  if (!isMoving(migration)) return null
  const { instanceName, doneBytes, totalBytes } = migration
  return (
    <div className="flex flex-col gap-1">
      <Progress value={migrationPercent(migration)} label={`Progress of the move of ${instanceName}`} />
      {totalBytes !== null && (
        <p className="text-xs text-subtle">
          <Bytes value={doneBytes} /> of <Bytes value={totalBytes} />
        </p>
      )}
    </div>
  )
}
