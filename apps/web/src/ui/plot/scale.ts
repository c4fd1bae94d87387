import { splitBytes } from '../format.ts'

/** What the numbers of a plot are. */
export type PlotUnit = 'percent' | 'bytes' | 'bytes/s' | 'ops/s' | 'number'

/** A number with its unit, for people: "12.3 %", "1.5 MiB/s". */
export function formatValue(value: number | null, unit: PlotUnit): string {
  if (value === null) return 'not measured'
  if (unit === 'bytes' || unit === 'bytes/s') {
    const [amount, of] = splitBytes(value)
    return `${amount} ${of}${unit === 'bytes/s' ? '/s' : ''}`
  }
  const text = value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
  const amount = text.includes('.') ? text.replace(/\.?0+$/, '') : text
  if (unit === 'percent') return `${amount} %`
  return unit === 'ops/s' ? `${amount}/s` : amount
}

/** Where the lines of the vertical axis are: round numbers from 0 to above the highest, at most five. */
export function valueTicks(highest: number, unit: PlotUnit, limit?: number): number[] {
  const binary = unit === 'bytes' || unit === 'bytes/s'
  const least = unit === 'percent' ? 5 : binary ? 1024 : 1
  const top = Math.max(limit ?? highest, least)
  if (limit !== undefined) return [0, limit / 4, limit / 2, (limit * 3) / 4, limit]
  const step = roundUp(top / 4, binary)
  const count = Math.max(1, Math.ceil(top / step - 1e-9))
  return Array.from({ length: count + 1 }, (_, index) => index * step)
}

/** The next of 1, 2, 5 times a power of ten; of bytes, within their unit. */
function roundUp(value: number, binary: boolean): number {
  const unit = binary && value >= 1 ? 1024 ** Math.floor(Math.log(value) / Math.log(1024)) : 1
  const amount = value / unit
  const power = 10 ** Math.floor(Math.log10(amount))
  const step = [1, 2, 5, 10].find((factor) => factor * power >= amount - 1e-9)! * power
  // 1,000 MiB is no round number: the next is a GiB.
  return (binary && step >= 1000 ? 1024 : step) * unit
}

const minute = 60_000
const timeSteps = [1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 720].map((each) => each * minute)

/** Round moments within a time, at most `most`, in the reader's time zone. */
export function timeTicks(from: number, to: number, most: number): number[] {
  const step = timeSteps.find((each) => (to - from) / each <= most) ?? timeSteps.at(-1)!
  const offset = new Date(from).getTimezoneOffset() * minute
  const first = Math.ceil((from - offset) / step) * step + offset
  const ticks: number[] = []
  for (let at = first; at <= to; at += step) ticks.push(at)
  return ticks
}

/** The line of a series as an SVG path; gaps of more than `bridged` points stay open, a lone point is a short dash. */
export function linePath(
  values: readonly (number | null)[],
  x: (index: number) => number,
  y: (value: number) => number,
): string {
  const parts: string[] = []
  let open = false
  values.forEach((value, index) => {
    if (value === null) {
      open = false
      return
    }
    const at = `${x(index).toFixed(1)} ${y(value).toFixed(1)}`
    const lone = !open && (values[index + 1] ?? null) === null
    parts.push(open ? `L${at}` : `M${at}${lone ? 'h1' : ''}`)
    open = true
  })
  return parts.join('')
}

/** What is said of a series in one line. Null when nothing was measured. */
export interface SeriesSummary {
  last: number | null
  mean: number
  highest: number
}

/** Newest, mean and highest value of a series. */
export function summarise(
  values: readonly (number | null)[],
  peaks?: readonly (number | null)[],
): SeriesSummary | null {
  let [sum, count, highest] = [0, 0, Number.NEGATIVE_INFINITY]
  values.forEach((value, index) => {
    if (value === null) return
    sum += value
    count++
    highest = Math.max(highest, peaks?.[index] ?? value)
  })
  return count === 0 ? null : { last: values.at(-1) ?? values.at(-2) ?? null, mean: sum / count, highest }
}
