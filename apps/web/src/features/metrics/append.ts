/** The part of a plot that grows. */
export interface GrowingPlot {
  range: '1h' | '6h' | '24h'
  from: Date
  stepSeconds: number
  series: Record<string, (number | null)[]>
}

/** A look that came late is no gap: so many points before it get its values, as the server does. */
const bridged = 2

/**
 * The plot with what was measured at a moment. Plots of hours and days are means that the server makes: when a new
 * point of theirs begins, the answer is `read-again`.
 * @param values in the order of the plot's series
 */
export function appendSample<Plot extends GrowingPlot>(
  plot: Plot,
  at: number,
  values: readonly (number | null)[],
): Plot | 'read-again' {
  const names = Object.keys(plot.series)
  const points = plot.series[names[0] ?? '']?.length ?? 0
  const stepMs = plot.stepSeconds * 1000
  const point = Math.floor((at - plot.from.getTime()) / stepMs)
  const shift = Math.max(0, point - points + 1)
  if (points === 0 || point < 0) return plot
  if (plot.range !== '1h') return shift > 0 ? 'read-again' : plot
  const into = point - shift
  const grown = names.map((name, index) => {
    const line = plot.series[name]!.slice(Math.min(shift, points))
    while (line.length < points) line.push(null)
    const value = values[index] ?? null
    line[into] = value
    for (let back = 1; back <= bridged; back++)
      if (line[into - back] === null && hasValue(line, into - back, bridged + 1 - back))
        line[into - back] = value
    return [name, line] as const
  })
  return {
    ...plot,
    from: new Date(plot.from.getTime() + shift * stepMs),
    series: Object.fromEntries(grown) as Plot['series'],
  }
}

/** Whether there is a value at most `within` points before. */
function hasValue(line: readonly (number | null)[], before: number, within: number): boolean {
  for (let back = 1; back <= within; back++) if ((line[before - back] ?? null) !== null) return true
  return false
}

/** What a list shows of one resource. */
export interface Spark {
  cpu: (number | null)[]
  memoryUsed: number | null
}

/**
 * Minutes of CPU with one more measurement: the last is the running mean of its minute.
 * @param state how many measurements the last minute has, and which it is; begin with an empty one
 */
export function appendSpark(
  spark: Spark | undefined,
  at: number,
  cpu: number | null,
  state: { minute: number; count: number },
): Spark {
  const minute = Math.floor(at / 60_000)
  const line = [...(spark?.cpu ?? Array.from({ length: 30 }, () => null))]
  if (state.minute !== 0)
    for (let step = state.minute; step < minute && step < state.minute + line.length; step++) {
      line.shift()
      line.push(null)
    }
  if (minute !== state.minute) state.count = 0
  state.minute = minute
  if (cpu !== null) {
    const before = line.at(-1) ?? null
    // What the server counted in this minute weighs like one measurement.
    const weight = before === null ? 0 : Math.max(1, state.count)
    line[line.length - 1] = ((before ?? 0) * weight + cpu) / (weight + 1)
    state.count = weight + 1
  }
  return { cpu: line, memoryUsed: spark?.memoryUsed ?? null }
}
