'use client'
import { Lock } from 'lucide-react'
import { StateCell } from '#ui/state-cell.tsx'
import { Tooltip } from '#ui/tooltip.tsx'
import { type InstanceRow, instanceLook } from './row.ts'

/** The live state of an instance; an error says why on hover and focus. */
export function InstanceState({ row }: { row: InstanceRow }) {
  const state = <StateCell {...instanceLook(row)} />
  const cell = row.locked ? (
    <span className="inline-flex items-center gap-1.5">
      {state}
      <LockMark by={row.lockedBy} reason={row.lockedReason} />
    </span>
  ) : (
    state
  )
  if (row.vmState !== 'error' || row.taskState || !row.faultMessage) return cell
  return (
    <Tooltip content={row.faultMessage}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the reason must be reachable by keyboard */}
      <span tabIndex={0} className="rounded">
        {cell}
      </span>
    </Tooltip>
  )
}

function LockMark({ by, reason }: { by: string | null; reason: string | null }) {
  const locked = by === 'admin' ? 'Locked by an administrator' : 'Locked'
  const words = reason ? `${locked}: ${reason}` : locked
  return (
    <Tooltip content={words}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the reason must be reachable by keyboard */}
      <span tabIndex={0} className="rounded text-subtle">
        <Lock className="size-3.5" aria-label={words} />
      </span>
    </Tooltip>
  )
}
