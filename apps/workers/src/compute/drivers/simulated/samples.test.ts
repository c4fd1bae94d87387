import { expect, it } from 'vitest'
import { simulatedSample } from './samples.ts'

const machine = {
  instanceId: '0190a0b0-0000-7000-8000-000000000001',
  vcpus: 2,
  ramMib: 512,
  boots: 1,
  startedAt: Date.UTC(2026, 0, 1),
}

it('is the same whenever it is asked, never falls, and stays within what a machine can do', () => {
  let before = simulatedSample(machine, machine.startedAt)
  expect(before.machine.vcpuNs).toEqual([0, 0])
  const percents: number[] = []
  for (let second = 10; second <= 3_600; second += 10) {
    const at = machine.startedAt + second * 1_000
    const now = simulatedSample(machine, at)
    expect(simulatedSample(machine, at)).toEqual(now)
    now.machine.vcpuNs.forEach((ns, index) => {
      const share = (ns - before.machine.vcpuNs[index]!) / 10e9
      expect(share).toBeGreaterThan(0)
      expect(share).toBeLessThan(0.7)
      percents.push(share)
    })
    expect(now.link.rxBytes).toBeGreaterThanOrEqual(before.link.rxBytes)
    expect(now.machine.memoryUsed).toBeLessThan(512 * 1024 ** 2)
    before = now
  }
  expect(Math.max(...percents) - Math.min(...percents)).toBeGreaterThan(0.02)
})

it('differs between machines, and begins anew with a boot', () => {
  const at = machine.startedAt + 600_000
  const other = simulatedSample({ ...machine, instanceId: '0190a0b0-0000-7000-8000-000000000002' }, at)
  expect(other.machine.vcpuNs).not.toEqual(simulatedSample(machine, at).machine.vcpuNs)
  expect(simulatedSample({ ...machine, boots: 2 }, at).machine.epoch).not.toBe(
    simulatedSample(machine, at).machine.epoch,
  )
})
