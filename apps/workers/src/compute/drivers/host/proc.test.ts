import { expect, it } from 'vitest'
import { asGuestSees, parseCpuTime, parseDisks, parseLinks, parseMemory, threadTime } from './proc.ts'

it('reads the busy time of the CPUs, without idle time and without what guests counted twice', () => {
  const stat = 'cpu  100 20 30 4000 500 6 7 8 90 0\ncpu0 1 2\ncpu1 3 4\nintr 5\n'
  expect(parseCpuTime(stat)).toEqual({ cpuNs: 171 * 10_000_000, cpus: 2 })
  expect(parseCpuTime('')).toBeNull()
})

it('reads memory', () => {
  expect(parseMemory('MemTotal:       1000 kB\nMemFree: 1 kB\nMemAvailable:    400 kB\n')).toEqual({
    used: 600 * 1024,
    total: 1000 * 1024,
  })
  expect(parseMemory('MemTotal: 1000 kB\n')).toBeNull()
})

it('adds up whole disks', () => {
  const text =
    ' 254 0 vda 10 0 4 0 20 0 8 0 0 0 0\n 254 1 vda1 9 0 4 0 20 0 8 0 0 0 0\n 8 0 sda 1 0 2 0 3 0 4 0\n'
  expect(parseDisks(text, (name) => name !== 'vda1')).toEqual({
    readOps: 11,
    readBytes: 6 * 512,
    writeOps: 23,
    writeBytes: 12 * 512,
  })
})

it('reads links; what a tap receives its guest has sent', () => {
  const text =
    'Inter-|   Receive\n face |bytes\n  tap1a2b: 100 2 0 0 0 0 0 0 300 4 0 0 0 0 0 0\n    lo:5 1 0 0 0 0 0 0 5 1 0 0 0 0 0 0\n'
  const links = parseLinks(text)
  expect([...links.keys()]).toEqual(['tap1a2b', 'lo'])
  expect(asGuestSees(links.get('tap1a2b')!)).toEqual({
    rxBytes: 300,
    rxPackets: 4,
    txBytes: 100,
    txPackets: 2,
  })
})

it('takes the running time of a thread from schedstat, else from ticks', () => {
  const stat = '12 (CPU 0/TCG) S 1 2 3 4 5 6 7 8 9 10 30 12 0 0 20 0 1 0 99'
  expect(threadTime('123456789 5 6', stat)).toBe(123_456_789)
  expect(threadTime('0 0 0', stat)).toBe(42 * 10_000_000)
  expect(threadTime(null, null)).toBeNull()
})
