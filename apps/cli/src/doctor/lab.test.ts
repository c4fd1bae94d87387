import { expect, test } from 'vitest'
import { labCheck } from './lab.ts'

const gib = 1_073_741_824
const real = {
  driver: 'linux' as const,
  reasons: [],
  unlock: [],
  overlay: null,
  noSecurityGroups: null,
  noRateLimits: null,
  noIpv6: null,
  noVlans: null,
}
const look = (free: number, network: Partial<typeof real> | object = {}, underlayIp?: string) =>
  labCheck({ underlayIp }, { network: { ...real, ...network } }, free * gib)

test('says how many hosts there is room for', () => {
  expect(look(4)).toMatchObject({ state: 'ok', found: expect.stringContaining('--hosts 2 to 5:') })
  expect(look(400)).toMatchObject({ state: 'ok', found: expect.stringContaining('--hosts 2 to 32:') })
  expect(look(4, { driver: 'simulated' }).found).toContain('simulated')
})

test('says what stands in the way of a lab, and what to do', () => {
  expect(look(1.2)).toMatchObject({ state: 'limited', found: expect.stringContaining('1.2 GiB') })
  expect(look(8, { overlay: 'This machine has no working VXLAN: no.' })).toMatchObject({
    state: 'limited',
    found: expect.stringContaining('no working VXLAN'),
    remedy: 'load the kernel module vxlan',
  })
  expect(look(8, {}, '192.0.2.1')).toMatchObject({
    state: 'limited',
    remedy: expect.stringContaining('NEPHOS_UNDERLAY_IP'),
  })
})
