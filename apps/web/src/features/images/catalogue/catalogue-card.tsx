'use client'
import { Check, Download, ExternalLink, Plus, Upload } from 'lucide-react'
import Link from 'next/link'
import { paths } from '#paths.ts'
import { Button } from '#ui/button.tsx'
import { splitBytes, splitMib } from '#ui/format.ts'
import { LinkButton } from '#ui/link-button.tsx'
import type { CatalogueEntry } from '../new-image-preset.ts'
import type { ImageRow } from '../row.ts'
import type { Reached } from './words.ts'

/** One well-known image with the way to add it. */
export function CatalogueCard({
  entry,
  reached,
  present,
  readOnly,
}: {
  entry: CatalogueEntry
  /** Whether the cloud can fetch it; undefined: not known. */
  reached: Reached | undefined
  /** An image of its name that is there already. */
  present: ImageRow | undefined
  readOnly: string | null
}) {
  const { id, title, what, url, home, minDiskGib, minRamMib } = entry
  const away = reached?.reachable === false
  const facts = [
    reached?.size && splitBytes(reached.size).join(' '),
    `needs ${splitMib(minRamMib).join(' ')} of memory and a disk of ${minDiskGib} GiB`,
  ].filter(Boolean)
  return (
    <li className="flex min-w-0 flex-col gap-3 rounded-xl border border-line bg-surface p-4">
      <div className="flex items-start justify-between gap-3">
        <h2 className="min-w-0 text-sm font-semibold">{title}</h2>
        <a
          href={home}
          target="_blank"
          rel="noreferrer"
          className="inline-flex shrink-0 items-center gap-1 rounded text-xs text-muted hover:text-fg hover:underline"
        >
          About<span className="sr-only"> {title}</span>
          <ExternalLink className="size-3" aria-hidden="true" />
        </a>
      </div>
      <p className="text-sm text-muted">{what}</p>
      <p className="mt-auto text-xs text-subtle">{facts.join(', ')}</p>
      <div className="flex flex-wrap items-center gap-2">
        {away ? (
          <>
            <Button asChild size="sm">
              <a href={url} target="_blank" rel="noreferrer" aria-label={`Download ${title}`}>
                <Download aria-hidden="true" /> Download
              </a>
            </Button>
            <LinkButton href={paths.imageNew({ catalogue: id })} size="sm" reason={readOnly}>
              <Upload aria-hidden="true" /> Upload<span className="sr-only"> {title}</span>
            </LinkButton>
          </>
        ) : (
          <LinkButton
            href={paths.imageNew({ from: 'address', catalogue: id })}
            size="sm"
            variant={present ? 'secondary' : 'primary'}
            reason={readOnly}
          >
            <Plus aria-hidden="true" /> Add<span className="sr-only"> {title}</span>
          </LinkButton>
        )}
        {present && (
          <Link
            href={paths.image(present.id)}
            className="inline-flex min-w-0 items-center gap-1 rounded text-xs text-ok-text hover:underline"
          >
            <Check className="size-3.5 shrink-0" aria-hidden="true" />
            <span className="truncate">{present.name} is there</span>
          </Link>
        )}
      </div>
    </li>
  )
}
