import type { MetricCounters } from '@nephos/jobs'
import type { MetricsSampler } from './sampler.ts'

type InstanceCounters = MetricCounters['instances'][number]

/** What the host and its machines counted at the last look, in the order of ids behind `after`, at most `limit`. */
export function countersOf(
  { machines, owners, host }: Pick<MetricsSampler, 'machines' | 'owners' | 'host'>,
  after: string,
  limit: number,
): MetricCounters & { next: string | null } {
  const ids = [...machines.keys()].filter((id) => id > after).sort()
  const chosen = ids.slice(0, limit)
  return {
    host: host
      ? {
          cpuSeconds: host.cpuNs === null ? null : host.cpuNs / 1e9,
          cpus: host.cpus,
          load: host.load,
          memoryUsed: host.memoryUsed,
          memoryTotal: host.memoryTotal,
          diskUsed: host.diskUsed,
          diskTotal: host.diskTotal,
          diskReadBytes: host.disk?.readBytes ?? null,
          diskWriteBytes: host.disk?.writeBytes ?? null,
          netRxBytes: host.network?.rxBytes ?? null,
          netTxBytes: host.network?.txBytes ?? null,
        }
      : null,
    instances: chosen.flatMap((id): InstanceCounters[] => {
      const machine = machines.get(id)
      const owner = owners.get(id)
      if (!machine || !owner) return []
      const { vcpuNs, memoryUsed, memoryResident, disk, ports } = machine
      return [
        {
          id,
          projectId: owner.projectId,
          name: owner.name,
          cpuSeconds: vcpuNs.map((ns) => ns / 1e9),
          memoryUsed,
          memoryResident,
          memoryTotal: owner.memoryTotal,
          diskReadBytes: disk?.readBytes ?? null,
          diskWriteBytes: disk?.writeBytes ?? null,
          diskReadOps: disk?.readOps ?? null,
          diskWriteOps: disk?.writeOps ?? null,
          ports: ports.map((port) => ({ id: port.id, ...port.counters })),
        },
      ]
    }),
    next: ids.length > limit ? (chosen.at(-1) ?? null) : null,
  }
}
