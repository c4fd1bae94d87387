import type { DiskCounters, LinkCounters } from '../../samples.ts'

const nsPerTick = 10_000_000
const sectorBytes = 512

/** Busy time of all CPUs from /proc/stat, in ns. Ticks are a hundredth of a second on every Linux that Nephos runs on. */
export function parseCpuTime(text: string): { cpuNs: number; cpus: number } | null {
  const lines = text.split('\n')
  const total = lines.find((line) => line.startsWith('cpu '))
  if (!total) return null
  const [user, nice, system, , , irq, softirq, steal] = numbers(total.slice(4))
  const busy = [user, nice, system, irq, softirq, steal].reduce<number>((sum, value) => sum + (value ?? 0), 0)
  return { cpuNs: busy * nsPerTick, cpus: lines.filter((line) => /^cpu\d/.test(line)).length }
}

/** Memory from /proc/meminfo, in bytes. */
export function parseMemory(text: string): { used: number; total: number } | null {
  const kib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1])
  const [total, available] = [kib('MemTotal'), kib('MemAvailable')]
  return Number.isFinite(total) && Number.isFinite(available)
    ? { used: (total - available) * 1024, total: total * 1024 }
    : null
}

/** Whole disks from /proc/diskstats together: partitions, loops and what is made of other disks would count twice. */
export function parseDisks(text: string, isDisk: (name: string) => boolean): DiskCounters {
  const sum = { readBytes: 0, writeBytes: 0, readOps: 0, writeOps: 0 }
  for (const line of text.split('\n')) {
    const fields = line.trim().split(/\s+/)
    const name = fields[2]
    if (!name || !isDisk(name)) continue
    sum.readOps += Number(fields[3])
    sum.readBytes += Number(fields[5]) * sectorBytes
    sum.writeOps += Number(fields[7])
    sum.writeBytes += Number(fields[9]) * sectorBytes
  }
  return sum
}

/** Interfaces from /proc/<pid>/net/dev, as the interface itself counts. */
export function parseLinks(text: string): Map<string, LinkCounters> {
  const links = new Map<string, LinkCounters>()
  for (const line of text.split('\n')) {
    const [, name, rest] = /^\s*([^\s:]+):\s*(.*)$/.exec(line) ?? []
    if (!name || !rest) continue
    const fields = numbers(rest)
    if (fields.length < 16) continue
    links.set(name, {
      rxBytes: fields[0]!,
      rxPackets: fields[1]!,
      txBytes: fields[8]!,
      txPackets: fields[9]!,
    })
  }
  return links
}

/** What a tap receives is what its guest has sent. */
export const asGuestSees = (tap: LinkCounters): LinkCounters => ({
  rxBytes: tap.txBytes,
  rxPackets: tap.txPackets,
  txBytes: tap.rxBytes,
  txPackets: tap.rxPackets,
})

/** Running time of a thread: the first field of its schedstat in ns, or utime and stime of its stat in ticks. */
export function threadTime(schedstat: string | null, stat: string | null): number | null {
  const exact = schedstat ? Number(schedstat.split(' ')[0]) : 0
  if (exact > 0) return exact
  if (!stat) return null
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = Number(fields[11]) + Number(fields[12])
  return Number.isFinite(ticks) ? ticks * nsPerTick : null
}

const numbers = (text: string): number[] => text.trim().split(/\s+/).map(Number)
