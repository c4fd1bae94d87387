import { HardDrive, Lock, LockKeyhole, Share2 } from 'lucide-react'
import Link from 'next/link'
import { paths } from '#paths.ts'
import { Badge } from '#ui/badge.tsx'
import { StateCell } from '#ui/state-cell.tsx'
import { Tooltip } from '#ui/tooltip.tsx'
import { isMigrating, type VolumeRow, volumeLook } from './row.ts'

/** The live status of a volume, with the reason when its last work failed. */
export function VolumeState({ row }: { row: VolumeRow }) {
  const look =
    isMigrating(row) && row.status !== 'maintenance'
      ? ({ tone: 'busy', word: 'Moving' } as const)
      : volumeLook(row)
  const tone = row.failure && look.tone === 'ok' ? 'warn' : look.tone
  const cell = <StateCell tone={tone} word={look.word} since={row.updatedAt} />
  if (!row.failure) return cell
  return (
    <Tooltip content={row.failure}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the reason must be reachable by keyboard */}
      <span tabIndex={0} className="rounded">
        {cell}
      </span>
    </Tooltip>
  )
}

/** What else is said of a volume beside its name. */
export function VolumeMarks({ row }: { row: VolumeRow }) {
  return (
    <>
      {row.bootable && (
        <Badge tone="accent">
          <HardDrive className="size-3" aria-hidden="true" /> bootable
        </Badge>
      )}
      {row.encrypted && (
        <Badge tone="ok">
          <LockKeyhole className="size-3" aria-hidden="true" /> encrypted
        </Badge>
      )}
      {row.readOnly && (
        <Badge>
          <Lock className="size-3" aria-hidden="true" /> read-only
        </Badge>
      )}
      {row.multiattach && (
        <Badge>
          <Share2 className="size-3" aria-hidden="true" /> for several
        </Badge>
      )}
    </>
  )
}

/** Who has the volume: a link to each instance. */
export function AttachedTo({ row, most = 1 }: { row: VolumeRow; most?: number }) {
  if (row.attachments.length === 0) return <span className="text-subtle">nobody</span>
  const more = row.attachments.length - most
  return (
    <span className="inline-flex max-w-56 items-center gap-1.5">
      {row.attachments.slice(0, most).map(({ id, instanceId, instanceName, device }) => (
        <span key={id} className="inline-flex min-w-0 items-center gap-1.5">
          {instanceId ? (
            <Link href={paths.instance(instanceId, 'volumes')} className="truncate rounded hover:underline">
              {instanceName ?? instanceId}
            </Link>
          ) : (
            <span className="truncate text-subtle">a client of its own</span>
          )}
          {device && <span className="font-mono text-xs text-subtle">{device}</span>}
        </span>
      ))}
      {more > 0 && <span className="shrink-0 text-xs text-subtle">and {more} more</span>}
    </span>
  )
}
