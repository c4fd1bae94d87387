const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** "0.4 s", "12 s", "3 min 5 s", "2 h 4 min", "3 d 2 h". */
export function formatDuration(milliseconds: number): string {
  const value = Math.max(0, milliseconds)
  if (value < 10 * second) return `${(value / second).toFixed(1)} s`
  if (value < minute) return `${Math.floor(value / second)} s`
  if (value < hour) return join(Math.floor(value / minute), 'min', Math.floor((value % minute) / second), 's')
  if (value < day) return join(Math.floor(value / hour), 'h', Math.floor((value % hour) / minute), 'min')
  return join(Math.floor(value / day), 'd', Math.floor((value % day) / hour), 'h')
}

const join = (large: number, largeUnit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`

/** "just now", "40 s ago", "5 min ago", "3 h ago", then days. */
export function formatAge(at: Date, now: number): string {
  const age = now - at.getTime()
  if (age < 5 * second) return 'just now'
  if (age < minute) return `${Math.floor(age / second)} s ago`
  if (age < hour) return `${Math.floor(age / minute)} min ago`
  if (age < day) return `${Math.floor(age / hour)} h ago`
  return `${Math.floor(age / day)} d ago`
}

/** "2026-11-23 14:02:11", in the reader's time zone. */
export function formatMoment(at: Date): string {
  const pad = (value: number) => String(value).padStart(2, '0')
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())} ${formatClock(at)}`
}

/** "14:02:11". */
export function formatClock(at: Date): string {
  const pad = (value: number) => String(value).padStart(2, '0')
  return `${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}`
}

/** A number of bytes as value and binary unit: 1536 → ["1.5", "KiB"]. */
export function splitBytes(bytes: number): [string, string] {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  return [unit === 0 || value >= 100 ? String(Math.round(value)) : trimZero(value.toFixed(1)), units[unit]!]
}

/** MiB as value and unit: 2048 → ["2", "GiB"]. */
export const splitMib = (mib: number): [string, string] => splitBytes(mib * 1024 * 1024)

/** MiB in words: 2048 → "2 GiB". */
export const formatMib = (mib: number): string => splitMib(mib).join(' ')

const trimZero = (text: string): string => text.replace(/\.0$/, '')

/** "1 instance", "3 instances". */
export const count = (amount: number, noun: string, plural = `${noun}s`): string =>
  `${amount} ${amount === 1 ? noun : plural}`
