'use client'
import { StateCell } from '#ui/state-cell.tsx'
import { Age } from '#ui/time.tsx'
import type { HostRow } from './row.ts'

/**
 * Whether a service gives signs of life. A silent one says since when; of one that is up only the change is announced,
 * so its last beat is not shown as if it were known to the second.
 */
export function Heartbeat({ service }: { service: HostRow['services'][number] }) {
  if (service.up)
    return (
      <span className="inline-flex items-center gap-1.5">
        <StateCell tone="ok" word="Up" />
        <span className="text-xs text-subtle">heartbeats arrive</span>
      </span>
    )
  const never = service.lastSeenAt.getTime() === 0
  return (
    <span className="inline-flex items-center gap-1.5">
      <StateCell tone="bad" word={never ? 'Signed off' : 'Silent'} />
      {!never && (
        <span className="text-xs text-subtle">
          last beat <Age at={service.lastSeenAt} />
        </span>
      )}
    </span>
  )
}

/** The services of a host in one cell: all up, or which are silent. */
export function Heartbeats({ host }: { host: HostRow }) {
  const silent = host.services.filter(({ up }) => !up)
  if (host.services.length === 0) return <StateCell tone="idle" word="No service yet" />
  if (silent.length === 0)
    return <StateCell tone="ok" word={`${host.services.map(({ role }) => role).join(', ')} up`} />
  const [first] = silent
  return (
    <span className="inline-flex items-center gap-1.5">
      <StateCell tone="bad" word={`${silent.map(({ role }) => role).join(', ')} silent`} />
      {first && first.lastSeenAt.getTime() > 0 && (
        <Age at={first.lastSeenAt} className="text-xs text-subtle" />
      )}
    </span>
  )
}
