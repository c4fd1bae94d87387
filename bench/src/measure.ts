import { readdirSync, readFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'

/** The value below which `share` (0 to 1) of the samples lie. */
export function percentile(samples: number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** Runs `work` for 0 … count-1, at most `concurrency` at once. */
export async function parallel(
  count: number,
  concurrency: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (next < count) await work(next++)
    }),
  )
}

/** Milliseconds that `work` takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

/** A process and all that descend from it. */
function family(pid: number): number[] {
  const children = new Map<number, number[]>()
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
    try {
      const parent = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${entry}/status`, 'utf8'))?.[1])
      children.set(parent, [...(children.get(parent) ?? []), Number(entry)])
    } catch {
      // It ended while we looked.
    }
  const collect = (id: number): number[] => [id, ...(children.get(id) ?? []).flatMap(collect)]
  return collect(pid)
}

/**
 * Memory of a process and its descendants in MB (10^6 bytes): proportional set size, so that what PostgreSQL's processes
 * share is counted once.
 */
export function memoryMb(pid: number): number {
  let kib = 0
  for (const member of family(pid))
    try {
      kib += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${member}/smaps_rollup`, 'utf8'))?.[1] ?? 0)
    } catch {
      // It ended while we looked.
    }
  return (kib * 1_024) / 1e6
}

const ticksPerSecond = 100

/** Processor time that a process and its descendants have used, in seconds. */
export function processorSeconds(pid: number): number {
  let ticks = 0
  for (const member of family(pid))
    try {
      // Behind the name, which may hold anything: state, ppid, … utime and stime are the 12th and 13th.
      const fields = readFileSync(`/proc/${member}/stat`, 'utf8').split(') ').at(-1)!.split(' ')
      ticks += Number(fields[11]) + Number(fields[12])
    } catch {
      // It ended while we looked.
    }
  return ticks / ticksPerSecond
}

/** What the figures were measured on. */
export function machine(): string {
  const [cpu] = cpus()
  return `${cpus().length} × ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, Node ${process.versions.node}`
}

/** Warns when something else uses the machine; undefined when it is idle. `load` is the average before the start. */
export const busyWarning = (load = loadavg()[0]!): string | undefined =>
  load > 0.5
    ? `Something else was running (load average ${load.toFixed(1)} before the start): times are worse than this machine can do.`
    : undefined
