import { StateCell } from '#ui/state-cell.tsx'
import { Tooltip } from '#ui/tooltip.tsx'
import { Usage } from '#ui/usage.tsx'
import { type BackendRow, backendLook, gibText, promisableGib } from './row.ts'

/** How a back end is; what is wrong on hover and focus. */
export function BackendState({ row }: { row: BackendRow }) {
  const { tone, word, why } = backendLook(row)
  const cell = <StateCell tone={tone} word={word} />
  if (!why) return cell
  return (
    <Tooltip content={why}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the reason must be reachable by keyboard */}
      <span tabIndex={0} className="rounded">
        {cell}
      </span>
    </Tooltip>
  )
}

const gib = (value: number) => `${gibText(value)} GiB`

/** How much of its disk is full. */
export function DiskUse({ row }: { row: BackendRow }) {
  return (
    <Usage
      label={`Disk of ${row.name}`}
      used={row.totalGib - row.freeGib}
      total={row.totalGib}
      format={gib}
    />
  )
}

/** How much of what may be promised to volumes is. */
export function PromisedUse({ row }: { row: BackendRow }) {
  return (
    <Usage
      label={`Promised of ${row.name}`}
      used={row.allocatedGib}
      total={promisableGib(row)}
      format={gib}
    />
  )
}
