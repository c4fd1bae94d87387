import type { RouterOutputs } from '#trpc/client.ts'

/** When backups of an instance are made by themselves. */
export type BackupSchedule = NonNullable<RouterOutputs['compute']['backups']['show']['schedule']>

/** Usual intervals. */
export const intervals = [
  { hours: 1, label: 'Every hour' },
  { hours: 6, label: 'Every 6 hours' },
  { hours: 12, label: 'Every 12 hours' },
  { hours: 24, label: 'Every day' },
  { hours: 168, label: 'Every week' },
] as const

/** An interval in words: 24 → "every day". */
export function intervalWords(hours: number): string {
  const known = intervals.find((interval) => interval.hours === hours)?.label
  if (known) return known.toLowerCase()
  return hours % 24 === 0 ? `every ${hours / 24} days` : `every ${hours} hours`
}

/** The whole number that was typed, or null when it is none between the bounds. */
export function wholeNumber(text: string, min: number, max: number): number | null {
  const number = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN
  return number >= min && number <= max ? number : null
}

/** A moment as a field of kind datetime-local has it, in the browser's own time: `2026-03-01T04:00`. */
export function localInput(at: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`
}
