import { hostNetns, loadConfig, type NephosConfig } from '@nephos/config'
import { expect, test } from 'vitest'
import { moveUnderlay } from './underlay.ts'

const configOf = (overrides: Partial<NephosConfig>) =>
  loadConfig({ env: {}, cwd: '/', overrides: { home: '/cloud', hostName: 'host2', ...overrides } })
const underlay = (driver: 'qemu' | 'simulated', overrides: Partial<NephosConfig>) =>
  moveUnderlay({ config: configOf(overrides) }, { name: driver })

const lab = { hosts: 3, underlayIp: '10.255.7.2' }
const joined = { underlayIp: '192.0.2.7' }

test('machines of a lab travel inside of its namespaces', () => {
  const netns = hostNetns(configOf(lab))
  expect(underlay('qemu', lab)).toEqual({ address: '10.255.7.2', netns })
})

test('simulated machines of a lab do not: nothing answers for its addresses outside', () => {
  expect(underlay('simulated', lab)).toEqual({ address: '127.0.0.1', netns: null })
})

test('on machines of their own both travel by the address that others know', () => {
  for (const driver of ['qemu', 'simulated'] as const)
    expect(underlay(driver, joined)).toEqual({ address: '192.0.2.7', netns: null })
})

test('from a host that stands alone only simulated machines can go, to others on this machine', () => {
  expect(underlay('simulated', {})).toEqual({ address: '127.0.0.1', netns: null })
  expect(() => underlay('qemu', {})).toThrow('The host host2 stands alone')
})
