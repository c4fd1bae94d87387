import { expect, it } from 'vitest'
import { exposition } from './exposition.ts'

const disk = { diskReadBytes: 1, diskWriteBytes: 2 }
const counters = {
  host: {
    cpuSeconds: 12.5,
    cpus: 2,
    load: 0.5,
    memoryUsed: 10,
    memoryTotal: 20,
    diskUsed: null,
    diskTotal: null,
    ...disk,
    netRxBytes: 3,
    netTxBytes: 4,
  },
  instances: [
    {
      id: 'a',
      projectId: 'p',
      name: 'we"b\n\\',
      cpuSeconds: [1.5, 2.5],
      memoryUsed: null,
      memoryResident: 7,
      memoryTotal: 8,
      ...disk,
      diskReadOps: 5,
      diskWriteOps: 6,
      ports: [{ id: 'port', rxBytes: 1, txBytes: 2, rxPackets: 3, txPackets: 4 }],
    },
  ],
}

it('writes each family once, with its type, and every host and instance in it', () => {
  const text = exposition([
    { hostName: 'h1', counters },
    { hostName: 'h2', counters: null },
  ])
  const lines = text.split('\n')
  expect(lines).toContain('# TYPE nephos_instance_cpu_seconds_total counter')
  expect(lines).toContain('nephos_instance_cpu_seconds_total{instance="a",project="p",vcpu="1"} 2.5')
  expect(lines).toContain(
    'nephos_instance_network_receive_bytes_total{instance="a",project="p",port="port"} 1',
  )
  expect(lines).toContain('nephos_host_cpu_seconds_total{host="h1"} 12.5')
  expect(lines).toContain('nephos_host_metrics_up{host="h2"} 0')
  const helps = lines.filter((line) => line.startsWith('# TYPE'))
  expect(new Set(helps).size).toBe(helps.length)
  for (const line of lines.filter((each) => each && !each.startsWith('#')))
    expect(line).toMatch(
      /^nephos_[a-z0-9_]+\{[a-z]+="(\\.|[^"\\\n])*"(,[a-z]+="(\\.|[^"\\\n])*")*\} [\d.e+]+$/,
    )
})

it('leaves out what is not known, and escapes names', () => {
  const text = exposition([{ hostName: 'h1', counters }])
  expect(text).not.toContain('nephos_instance_memory_used_bytes')
  expect(text).not.toContain('nephos_host_disk_used_bytes')
  expect(text).toContain(String.raw`name="we\"b\n\\"`)
})
