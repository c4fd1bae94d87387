import { expect, test } from 'vitest'
import { capacities, hostFacts, hostLook } from './row.ts'

test('what a host offers is what it does not keep, times the ratio', () => {
  const host = {
    vcpus: 8,
    reservedVcpus: 0,
    vcpuRatio: 4,
    usedVcpus: 5,
    ramMib: 16_000,
    reservedRamMib: 512,
    ramRatio: 1,
    usedRamMib: 1024,
    diskGib: 101,
    reservedDiskGib: 0,
    diskRatio: 1.5,
    usedDiskGib: 0,
  }
  const { vcpus, ram, disk } = capacities(host)
  expect([vcpus.offered, ram.offered, disk.offered]).toEqual([32, 15_488, 151])
  expect(capacities({ ...host, reservedRamMib: 99_999 }).ram.offered).toBe(0)
})

test('a host is up, down or closed', () => {
  expect(hostLook({ up: true, enabled: true, maintenance: false }).word).toBe('Up')
  expect(hostLook({ up: true, enabled: false, maintenance: false }).tone).toBe('warn')
  expect(hostLook({ up: false, enabled: false, maintenance: false }).word).toBe('Down')
  expect(hostLook({ up: true, enabled: true, maintenance: true })).toEqual({
    tone: 'warn',
    word: 'Maintenance',
  })
  expect(hostLook({ up: false, enabled: true, maintenance: true }).word).toBe('Down, maintenance')
})

test('facts are shown in words, what is none is left out', () => {
  expect(
    hostFacts({
      qemuVersion: '7.2',
      uefi: true,
      simulated: false,
      bootTime: 5,
      cpu_flags: 'sse',
      nothing: null,
      deep: {},
    }),
  ).toEqual({
    capabilities: [
      { label: 'Simulated', value: 'no' },
      { label: 'UEFI', value: 'yes' },
      { label: 'Boot time', value: '5' },
      { label: 'Cpu flags', value: 'sse' },
    ],
    versions: [{ label: 'QEMU', value: '7.2' }],
  })
  const why = 'There is no /dev/kvm, so guests are emulated.'
  expect(hostFacts({ acceleratorReason: why }).capabilities).toEqual([
    { label: 'Why this accelerator', value: why, wide: true },
  ])
  expect(hostFacts(null)).toEqual({ capabilities: [], versions: [] })
})
