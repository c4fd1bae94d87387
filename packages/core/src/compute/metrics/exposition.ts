import type { MetricCounters } from '@nephos/jobs'

interface Family {
  name: string
  type: 'counter' | 'gauge'
  help: string
  lines: string[]
}
type Labels = Record<string, string>

/**
 * What a host counts in the text format of Prometheus (version 0.0.4). A series is there as long as its machine runs,
 * and no label but the identity of the instance, its port or its CPU, so that the number of series is bounded by
 * what runs.
 * @param answers counters by host; null for one that did not answer
 */
export function exposition(
  answers: readonly { hostName: string; counters: MetricCounters | null }[],
): string {
  const families = new Map<string, Family>()
  const add = (type: Family['type'], name: string, help: string, labels: Labels, value: number | null) => {
    if (value === null) return
    const family = families.get(name) ?? { name, type, help, lines: [] }
    families.set(name, family)
    family.lines.push(`${name}{${labelText(labels)}} ${value}`)
  }
  for (const { hostName, counters } of answers) {
    const host = { host: hostName }
    add(
      'gauge',
      'nephos_host_metrics_up',
      '1 when the host told its counters, otherwise 0.',
      host,
      counters ? 1 : 0,
    )
    if (!counters) continue
    for (const { key, type, name, help } of hostFamilies)
      add(type, name, help, host, counters.host?.[key] ?? null)
    for (const machine of counters.instances) {
      const instance = { instance: machine.id, project: machine.projectId }
      add(
        'gauge',
        'nephos_instance_info',
        'Name and host of a running instance; always 1.',
        { ...instance, name: machine.name, host: hostName },
        1,
      )
      machine.cpuSeconds.forEach((seconds, index) => {
        const labels = { ...instance, vcpu: String(index) }
        add(
          'counter',
          'nephos_instance_cpu_seconds_total',
          'Time each vCPU has run, in seconds.',
          labels,
          seconds,
        )
      })
      for (const { key, type, name, help } of instanceFamilies) add(type, name, help, instance, machine[key])
      for (const port of machine.ports)
        for (const { key, name, help } of portFamilies)
          add('counter', name, help, { ...instance, port: port.id }, port[key])
    }
  }
  const text = [...families.values()].map(
    ({ name, type, help, lines }) => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('\n')}\n`,
  )
  return text.join('')
}

const labelText = (labels: Labels): string =>
  Object.entries(labels)
    .map(
      ([name, value]) =>
        `${name}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`,
    )
    .join(',')

const hostFamilies = [
  {
    key: 'cpuSeconds',
    type: 'counter',
    name: 'nephos_host_cpu_seconds_total',
    help: 'Time that the CPUs of the host were busy, in seconds.',
  },
  { key: 'cpus', type: 'gauge', name: 'nephos_host_cpus', help: 'CPUs of the host.' },
  { key: 'load', type: 'gauge', name: 'nephos_host_load1', help: 'Load average of one minute.' },
  {
    key: 'memoryUsed',
    type: 'gauge',
    name: 'nephos_host_memory_used_bytes',
    help: 'Memory of the host that is not available any more.',
  },
  {
    key: 'memoryTotal',
    type: 'gauge',
    name: 'nephos_host_memory_bytes',
    help: 'Memory of the host.',
  },
  {
    key: 'diskUsed',
    type: 'gauge',
    name: 'nephos_host_disk_used_bytes',
    help: 'Used part of the file system that holds the disks of instances.',
  },
  {
    key: 'diskTotal',
    type: 'gauge',
    name: 'nephos_host_disk_bytes',
    help: 'Size of the file system that holds the disks of instances.',
  },
  {
    key: 'diskReadBytes',
    type: 'counter',
    name: 'nephos_host_disk_read_bytes_total',
    help: 'Bytes read from the disks of the host.',
  },
  {
    key: 'diskWriteBytes',
    type: 'counter',
    name: 'nephos_host_disk_written_bytes_total',
    help: 'Bytes written to the disks of the host.',
  },
  {
    key: 'netRxBytes',
    type: 'counter',
    name: 'nephos_host_network_receive_bytes_total',
    help: 'Bytes that the host received.',
  },
  {
    key: 'netTxBytes',
    type: 'counter',
    name: 'nephos_host_network_transmit_bytes_total',
    help: 'Bytes that the host sent.',
  },
] as const

const instanceFamilies = [
  {
    key: 'memoryUsed',
    type: 'gauge',
    name: 'nephos_instance_memory_used_bytes',
    help: 'Memory that the guest says it uses; absent without its balloon driver.',
  },
  {
    key: 'memoryResident',
    type: 'gauge',
    name: 'nephos_instance_memory_resident_bytes',
    help: 'Memory of the host that the machine holds.',
  },
  {
    key: 'memoryTotal',
    type: 'gauge',
    name: 'nephos_instance_memory_bytes',
    help: 'Memory of the flavor.',
  },
  {
    key: 'diskReadBytes',
    type: 'counter',
    name: 'nephos_instance_disk_read_bytes_total',
    help: 'Bytes read from the disks of the instance.',
  },
  {
    key: 'diskWriteBytes',
    type: 'counter',
    name: 'nephos_instance_disk_written_bytes_total',
    help: 'Bytes written to the disks of the instance.',
  },
  {
    key: 'diskReadOps',
    type: 'counter',
    name: 'nephos_instance_disk_reads_total',
    help: 'Reads from the disks of the instance.',
  },
  {
    key: 'diskWriteOps',
    type: 'counter',
    name: 'nephos_instance_disk_writes_total',
    help: 'Writes to the disks of the instance.',
  },
] as const

const portFamilies = [
  {
    key: 'rxBytes',
    name: 'nephos_instance_network_receive_bytes_total',
    help: 'Bytes that the guest received on a port.',
  },
  {
    key: 'txBytes',
    name: 'nephos_instance_network_transmit_bytes_total',
    help: 'Bytes that the guest sent on a port.',
  },
  {
    key: 'rxPackets',
    name: 'nephos_instance_network_receive_packets_total',
    help: 'Packets that the guest received on a port.',
  },
  {
    key: 'txPackets',
    name: 'nephos_instance_network_transmit_packets_total',
    help: 'Packets that the guest sent on a port.',
  },
] as const
