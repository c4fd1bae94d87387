'use client'
import Link from 'next/link'
import { cn } from '../cn.ts'
import { formatClock } from '../format.ts'
import type { StateTone } from '../state-cell.tsx'
import { Tooltip } from '../tooltip.tsx'

/** Something that happened at a moment of a plot, and the page that says more. */
export interface PlotMark {
  id: string
  at: number
  label: string
  href: string
  tone: StateTone
}

const colours: Record<StateTone, string> = {
  ok: 'bg-ok',
  busy: 'bg-accent',
  warn: 'bg-warn',
  bad: 'bg-bad',
  idle: 'bg-idle',
}

const dot = 12
/** Dots further from their line than this would seem to belong to another moment. */
const farthest = 4 * dot

/**
 * Where the dots are, the newest first: beside each other where their lines are too close for that, as long as they
 * stay near.
 * @param lines where the lines are, the newest (rightmost) first
 */
export function dotsOf(lines: readonly number[]): number[] {
  let free = Number.POSITIVE_INFINITY
  return lines.map((line) => {
    const at = Math.max(Math.min(line, free), line - farthest)
    free = at - dot
    return at
  })
}

/** Vertical lines over a plot, each with a dot that says what it was and leads there. */
export function PlotMarks({
  marks,
  xOf,
  top,
  bottom,
  inTabOrder,
}: {
  marks: readonly PlotMark[]
  xOf: (at: number) => number
  top: number
  bottom: number
  inTabOrder: boolean
}) {
  const newest = [...marks].sort((a, b) => b.at - a.at)
  const dots = dotsOf(newest.map(({ at }) => xOf(at)))
  return newest.map(({ id, at, label, href, tone }, index) => (
    <span
      key={id}
      className="pointer-events-none absolute"
      style={{ left: xOf(at) - 6, top: top - 8, bottom }}
    >
      <span className="absolute inset-y-2 left-[5.5px] border-l border-dashed border-line-strong" />
      <Tooltip content={`${label}, ${formatClock(new Date(at))}`}>
        <Link
          href={href}
          tabIndex={inTabOrder ? 0 : -1}
          aria-label={`${label} at ${formatClock(new Date(at))}`}
          className="pointer-events-auto absolute top-0 grid size-3 place-items-center rounded-full"
          style={{ left: dots[index]! - xOf(at) }}
        >
          <span className={cn('size-2 rounded-full ring-2 ring-surface', colours[tone])} aria-hidden="true" />
        </Link>
      </Tooltip>
    </span>
  ))
}
