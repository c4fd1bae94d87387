'use client'
import { StateCell } from '#ui/state-cell.tsx'
import { Tooltip } from '#ui/tooltip.tsx'
import { type InstanceRow, instanceLook } from './row.ts'

/** The live state of an instance; an error says why on hover and focus. */
export function InstanceState({ row }: { row: InstanceRow }) {
  const cell = <StateCell {...instanceLook(row)} />
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
