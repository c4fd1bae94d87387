import { hostSeries, instanceSeries } from '@nephos/core'
import { expect, it } from 'vitest'
import type { HostSample } from '../samples.ts'
import { hostRates, type MachineLook, machineRates } from './rates.ts'

const look = (at: number, fields: Partial<MachineLook> = {}): MachineLook => ({
  instanceId: 'i',
  at,
  epoch: 'boot 1',
  vcpuNs: [0, 0],
  memoryResident: 4_096,
  memoryUsed: null,
  disk: { readBytes: 0, writeBytes: 0, readOps: 0, writeOps: 0 },
  network: { rxBytes: 0, txBytes: 0, rxPackets: 0, txPackets: 0 },
  ...fields,
})
const named = (values: number[]) =>
  Object.fromEntries(instanceSeries.map((name, index) => [name, values[index]]))

it('turns counters into percent of the vCPUs and rates a second', () => {
  const rates = machineRates(
    look(0),
    look(10_000, {
      vcpuNs: [10e9, 5e9],
      disk: { readBytes: 1_000, writeBytes: 20, readOps: 50, writeOps: 10 },
      network: { rxBytes: 300, txBytes: 100, rxPackets: 30, txPackets: 20 },
      memoryUsed: 77,
    }),
  )
  expect(named(rates)).toEqual({
    cpu: 75,
    memoryUsed: 77,
    memoryResident: 4_096,
    diskReadBytes: 100,
    diskWriteBytes: 2,
    diskReadOps: 5,
    diskWriteOps: 1,
    netRxBytes: 30,
    netTxBytes: 10,
    netRxPackets: 3,
    netTxPackets: 2,
  })
})

it('knows no rate at the first look, but what is in use', () => {
  const rates = named(machineRates(undefined, look(10_000, { vcpuNs: [3e15, 3e15], memoryUsed: 5 })))
  expect(rates).toMatchObject({ cpu: Number.NaN, diskReadBytes: Number.NaN, memoryUsed: 5 })
})

it('makes no spike of a machine that was started anew, nor of a counter that began again', () => {
  const before = look(0, {
    vcpuNs: [1e12, 0],
    network: { rxBytes: 9, txBytes: 9, rxPackets: 9, txPackets: 9 },
  })
  const anew = look(10_000, { epoch: 'boot 2', vcpuNs: [2e12, 0] })
  expect(named(machineRates(before, anew)).cpu).toBeNaN()
  const fell = look(10_000, {
    vcpuNs: [1e12 + 5e9, 0],
    network: { rxBytes: 3, txBytes: 19, rxPackets: 9, txPackets: 9 },
  })
  expect(named(machineRates(before, fell))).toMatchObject({ cpu: 25, netRxBytes: Number.NaN, netTxBytes: 1 })
})

it('leaves out what could not be read, and a plugged vCPU until the next look', () => {
  const now = look(10_000, { disk: null, network: null, vcpuNs: [1e9, 1e9, 1e9] })
  expect(named(machineRates(look(0), now))).toMatchObject({
    cpu: Number.NaN,
    diskReadBytes: Number.NaN,
    netRxBytes: Number.NaN,
    memoryResident: 4_096,
  })
})

it('measures a host', () => {
  const host = (at: number, cpuNs: number, rxBytes: number): HostSample => ({
    at,
    cpuNs,
    cpus: 4,
    load: 1.5,
    memoryUsed: 10,
    memoryTotal: 20,
    diskUsed: null,
    diskTotal: null,
    disk: null,
    network: { rxBytes, txBytes: 0, rxPackets: 0, txPackets: 0 },
  })
  const values = hostRates(host(0, 0, 0), host(10_000, 20e9, 50))
  expect(Object.fromEntries(hostSeries.map((name, index) => [name, values[index]]))).toEqual({
    cpu: 50,
    load: 1.5,
    memoryUsed: 10,
    diskUsed: Number.NaN,
    diskReadBytes: Number.NaN,
    diskWriteBytes: Number.NaN,
    netRxBytes: 5,
    netTxBytes: 0,
  })
})
