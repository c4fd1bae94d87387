'use client'
import { ChevronDown, ChevronUp, RotateCw, X } from 'lucide-react'
import Link from 'next/link'
import { useState } from 'react'
import { paths } from '#paths.ts'
import { Button } from '#ui/button.tsx'
import { count, formatDuration, splitBytes } from '#ui/format.ts'
import { Progress } from '#ui/progress.tsx'
import { StateCell, type StateTone } from '#ui/state-cell.tsx'
import { useUploads } from './upload-provider.tsx'
import {
  isUnderWay,
  remainingMs,
  sentPercent,
  speedOf,
  type Upload,
  type UploadPhase,
} from './upload-state.ts'

const looks: Record<UploadPhase, [StateTone, string]> = {
  sending: ['busy', 'Uploading'],
  waiting: ['warn', 'Connection lost'],
  checking: ['busy', 'Checking'],
  done: ['ok', 'Ready'],
  refused: ['bad', 'Refused'],
  cancelled: ['idle', 'Cancelled'],
}

/** The uploads of this tab in a corner of every page, until they are dismissed. */
export function UploadDock() {
  const { uploads } = useUploads()
  const [folded, setFolded] = useState(false)
  if (uploads.length === 0) return null
  const under = uploads.filter(isUnderWay).length
  return (
    <section
      aria-label="Uploads"
      className="fixed inset-x-3 bottom-3 z-30 rounded-xl border border-line-strong bg-surface shadow-pop sm:left-auto sm:right-4 sm:w-96"
    >
      <header className="flex items-center justify-between gap-2 py-1.5 pl-4 pr-2">
        <h2 className="text-sm font-semibold" aria-live="polite">
          {under > 0 ? `${count(under, 'upload')} running` : 'Uploads'}
        </h2>
        <Button
          variant="ghost"
          size="icon"
          aria-label={folded ? 'Show uploads' : 'Fold uploads'}
          aria-expanded={!folded}
          onClick={() => setFolded(!folded)}
        >
          {folded ? <ChevronUp aria-hidden="true" /> : <ChevronDown aria-hidden="true" />}
        </Button>
      </header>
      {!folded && (
        <ul className="scroll-thin max-h-72 divide-y divide-line overflow-y-auto border-t border-line">
          {uploads.map((upload) => (
            <UploadLine key={upload.imageId} upload={upload} />
          ))}
        </ul>
      )}
    </section>
  )
}

/** One upload with its bytes, speed, rest of time, and the way to stop or repeat it. */
export function UploadLine({ upload }: { upload: Upload }) {
  const { cancel, retry, dismiss } = useUploads()
  const [tone, word] = looks[upload.phase]
  const under = isUnderWay(upload)
  return (
    <li className="flex flex-col gap-1.5 px-4 py-3">
      <div className="flex items-center justify-between gap-3">
        <Link
          href={paths.image(upload.imageId)}
          className="min-w-0 truncate rounded text-sm font-medium hover:underline"
        >
          {upload.name}
        </Link>
        <StateCell tone={tone} word={word} />
      </div>
      {under && (
        <Progress
          value={upload.phase === 'checking' ? null : sentPercent(upload)}
          label={`Upload of ${upload.name}`}
        />
      )}
      {upload.error && (
        <p role="alert" className="break-words text-xs text-bad-text">
          {upload.error.message} {upload.error.remedy}
          {upload.error.requestId && (
            <span className="block break-all font-mono text-subtle">{upload.error.requestId}</span>
          )}
        </p>
      )}
      <div className="flex items-center justify-between gap-3">
        <p className="tabular min-w-0 truncate text-xs text-subtle">{factsOf(upload)}</p>
        <span className="flex shrink-0 gap-1">
          {under ? (
            <Button
              size="sm"
              aria-label={`Cancel ${upload.name}`}
              onClick={() => void cancel(upload.imageId)}
            >
              Cancel
            </Button>
          ) : (
            <>
              {canContinue(upload) && (
                <Button size="sm" onClick={() => retry(upload.imageId)}>
                  <RotateCw aria-hidden="true" /> {upload.phase === 'cancelled' ? 'Again' : 'Continue'}
                </Button>
              )}
              <Button
                size="sm"
                variant="ghost"
                aria-label={`Dismiss ${upload.name}`}
                onClick={() => dismiss(upload.imageId)}
              >
                <X aria-hidden="true" />
              </Button>
            </>
          )}
        </span>
      </div>
    </li>
  )
}

/** Refusals that say nothing of the file: it may be sent again, from where it was. */
const canContinue = ({ phase, error }: Upload): boolean =>
  phase === 'cancelled' ||
  ['network', 'cancelled', 'timeout', 'unavailable', 'driver_failed', 'unauthenticated', 'internal'].includes(
    error?.code ?? '',
  )

function factsOf(upload: Upload): string {
  const total = splitBytes(upload.total).join(' ')
  if (upload.phase === 'checking') return `${total} sent; the cloud checks the file`
  if (upload.phase === 'waiting')
    return `${splitBytes(upload.sent).join(' ')} of ${total} arrived; it goes on by itself`
  if (upload.phase !== 'sending') return `${upload.fileName}, ${total}`
  const speed = speedOf(upload)
  const left = remainingMs(upload)
  return [
    `${splitBytes(upload.sent).join(' ')} of ${total}`,
    `${Math.floor(sentPercent(upload))} %`,
    speed !== null && `${splitBytes(speed).join(' ')}/s`,
    left !== null && left > 1_000 && `${formatDuration(left)} left`,
  ]
    .filter(Boolean)
    .join(' · ')
}
