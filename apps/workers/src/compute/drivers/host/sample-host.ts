import { readdir, readFile, stat, statfs } from 'node:fs/promises'
import { loadavg } from 'node:os'
import type { HostSample, LinkCounters } from '../../samples.ts'
import { parseCpuTime, parseDisks, parseLinks, parseMemory } from './proc.ts'

/**
 * Reads the counters of this host. What cannot be read is null.
 * @param dir a directory of the file system whose space counts
 */
export async function sampleHost(dir: string): Promise<HostSample> {
  const [cpu, memory, disks, links, space, disk, wires] = await Promise.all([
    text('/proc/stat'),
    text('/proc/meminfo'),
    text('/proc/diskstats'),
    text('/proc/self/net/dev'),
    statfs(dir).catch(() => null),
    wholeDisks(),
    wiredInterfaces(),
  ])
  const time = cpu === null ? null : parseCpuTime(cpu)
  const used = memory === null ? null : parseMemory(memory)
  return {
    at: Date.now(),
    cpuNs: time?.cpuNs ?? null,
    cpus: time?.cpus ?? 1,
    load: loadavg()[0] ?? null,
    memoryUsed: used?.used ?? null,
    memoryTotal: used?.total ?? null,
    diskUsed: space && (space.blocks - space.bfree) * space.bsize,
    diskTotal: space && space.blocks * space.bsize,
    disk: disks === null ? null : parseDisks(disks, (name) => disk.has(name)),
    network: links === null ? null : together(parseLinks(links), wires),
  }
}

const text = (path: string): Promise<string | null> => readFile(path, 'utf8').catch(() => null)

async function wholeDisks(): Promise<Set<string>> {
  const names = await readdir('/sys/block').catch(() => [])
  return new Set(names.filter((name) => !/^(loop|ram|zram|dm-|md|nbd|sr|fd)/.test(name)))
}

/** Interfaces with a device behind them, real or virtual; where there is none (a container), all but loopback. */
async function wiredInterfaces(): Promise<Set<string>> {
  const names = await readdir('/sys/class/net').catch(() => [])
  const wired = await Promise.all(
    names.map((name) =>
      stat(`/sys/class/net/${name}/device`).then(
        () => name,
        () => null,
      ),
    ),
  )
  const found = wired.filter((name) => name !== null)
  return new Set(found.length > 0 ? found : names.filter((name) => name !== 'lo'))
}

function together(links: ReadonlyMap<string, LinkCounters>, names: ReadonlySet<string>): LinkCounters {
  const sum = { rxBytes: 0, txBytes: 0, rxPackets: 0, txPackets: 0 }
  for (const [name, link] of links) {
    if (!names.has(name)) continue
    sum.rxBytes += link.rxBytes
    sum.txBytes += link.txBytes
    sum.rxPackets += link.rxPackets
    sum.txPackets += link.txPackets
  }
  return sum
}
