import type { ShownError } from '#trpc/error.ts'

/**
 * Where an upload is: `sending` bytes leave the browser; `waiting` the line broke, it is tried again; `checking` all of
 * them left, the cloud hashes and looks at the file; then it is `done`, `refused` by the cloud or the line, or `cancelled` by a person.
 */
export type UploadPhase = 'sending' | 'waiting' | 'checking' | 'done' | 'refused' | 'cancelled'

/** One file on its way into an image. Sizes in bytes, moments in milliseconds. */
export interface Upload {
  imageId: string
  name: string
  fileName: string
  total: number
  phase: UploadPhase
  sent: number
  /** What was sent when, in the last seconds: for the speed. */
  samples: readonly { at: number; sent: number }[]
  error: ShownError | null
}

/** What happens to an upload. */
export type UploadEvent =
  | { type: 'started'; at: number }
  | { type: 'placed'; at: number; sent: number }
  | { type: 'interrupted' }
  | { type: 'progressed'; at: number; sent: number }
  | { type: 'sent' }
  | { type: 'accepted' }
  | { type: 'refused'; error: ShownError }
  | { type: 'cancelled' }

/** Over how long the speed is measured: long enough to be calm, short enough to be true. */
const windowMs = 4_000

/** A file that is about to be sent. */
export const newUpload = (
  file: { imageId: string; name: string; fileName: string; total: number },
  at: number,
): Upload => ({ ...file, phase: 'sending', sent: 0, samples: [{ at, sent: 0 }], error: null })

/** True while bytes or their answer are on their way. */
export const isUnderWay = ({ phase }: Pick<Upload, 'phase'>): boolean =>
  phase === 'sending' || phase === 'waiting' || phase === 'checking'

/** The next state. What comes too late (progress after a cancel, an answer after it) changes nothing. */
export function nextUpload(upload: Upload, event: UploadEvent): Upload {
  if (event.type === 'started')
    return isUnderWay(upload) || upload.phase === 'done'
      ? upload
      : { ...upload, phase: 'sending', sent: 0, samples: [{ at: event.at, sent: 0 }], error: null }
  if (!isUnderWay(upload)) return upload
  switch (event.type) {
    case 'placed':
      return { ...upload, phase: 'sending', sent: event.sent, samples: [{ at: event.at, sent: event.sent }] }
    case 'interrupted':
      return { ...upload, phase: 'waiting' }
    case 'progressed': {
      if (event.sent < upload.sent || upload.phase !== 'sending') return upload
      const recent = upload.samples.filter(({ at }) => event.at - at <= windowMs)
      const samples = [...(recent.length > 0 ? recent : upload.samples.slice(-1)), event].map(
        ({ at, sent }) => ({ at, sent }),
      )
      return { ...upload, sent: Math.min(event.sent, upload.total), samples }
    }
    case 'sent':
      return { ...upload, phase: 'checking', sent: upload.total }
    case 'accepted':
      return { ...upload, phase: 'done', sent: upload.total }
    case 'refused':
      return { ...upload, phase: 'refused', error: event.error }
    case 'cancelled':
      return { ...upload, phase: 'cancelled' }
  }
}

/** Bytes a second lately, or null before two measurements. */
export function speedOf({ samples }: Pick<Upload, 'samples'>): number | null {
  const [first, last] = [samples[0], samples.at(-1)]
  if (!first || !last || last.at - first.at < 200) return null
  return ((last.sent - first.sent) / (last.at - first.at)) * 1000
}

/** Milliseconds until all is sent at this speed, or null when that cannot be said. */
export function remainingMs(upload: Upload): number | null {
  const speed = speedOf(upload)
  if (upload.phase !== 'sending' || !speed) return null
  return ((upload.total - upload.sent) / speed) * 1000
}

/** Percent sent. */
export const sentPercent = ({ sent, total }: Pick<Upload, 'sent' | 'total'>): number =>
  total === 0 ? 100 : (sent / total) * 100

/** A name for an image from the name of its file: `debian-12-amd64.qcow2` → `debian-12-amd64`. */
export const nameFromFile = (fileName: string): string =>
  fileName.replace(/\.(qcow2|raw|img|iso|bin|vmdk|vhd|vhdx|vdi)$/i, '').trim() || fileName
