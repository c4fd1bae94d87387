'use client'
import { splitBytes } from '#ui/format.ts'
import { Progress } from '#ui/progress.tsx'
import { StateCell } from '#ui/state-cell.tsx'
import { Tooltip } from '#ui/tooltip.tsx'
import { arrivedPercent, type ImageRow, imageLook, isArriving } from './row.ts'

/** The live state of an image: bytes while it is uploaded, the reason when an upload failed. */
export function ImageState({ row }: { row: ImageRow }) {
  const cell = <StateCell {...imageLook(row)} />
  if (isArriving(row)) {
    const percent = arrivedPercent(row)
    const arrived = splitBytes(row.uploadedBytes ?? 0).join(' ')
    return (
      <div className="w-40">
        <div className="mb-1 flex items-baseline justify-between gap-2">
          {cell}
          <span className="tabular text-xs text-subtle">
            {percent === null ? arrived : `${Math.floor(percent)} %`}
          </span>
        </div>
        <Progress value={percent} label={`Upload of ${row.name}`} tone="warn" />
      </div>
    )
  }
  if (!row.failure || row.status === 'active') return cell
  return (
    <Tooltip content={row.failure}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the reason must be reachable by keyboard */}
      <span tabIndex={0} className="rounded">
        {cell}
      </span>
    </Tooltip>
  )
}
