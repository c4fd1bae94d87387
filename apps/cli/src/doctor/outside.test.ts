import { expect, test } from 'vitest'
import type { HostDoor } from '../cloud/doors.ts'
import { outsideCheck } from './outside.ts'

const auto = { externalDoor: 'auto' as const, externalInterfaces: [] }
const real = {
  network: {
    driver: 'linux' as const,
    reasons: [],
    unlock: [],
    overlay: null,
    noSecurityGroups: null,
    noRateLimits: null,
    noIpv6: null,
    noVlans: null,
  },
}
const door: HostDoor = { interface: null, addresses: ['172.24.4.1/24'], open: true, reason: '' }

test('says from where floating IPs are reached', () => {
  expect(outsideCheck(auto, real, [door], [])).toMatchObject({
    state: 'ok',
    found: 'this machine is 172.24.4.1/24',
  })
  expect(outsideCheck(auto, real, [], ['172.24.4.1/24']).found).toContain('172.24.5.0/24')
  expect(outsideCheck({ ...auto, externalInterfaces: ['campus=eth1'] }, real, [], []).found).toContain(
    'campus=eth1',
  )
  const simulated = { network: { ...real.network, driver: 'simulated' as const } }
  expect(outsideCheck(auto, simulated, [], []).state).toBe('ok')
})

test('says why they are not, and what to do', () => {
  const reason = 'The machine has 172.24.4.7/24 on eth0 already.'
  expect(outsideCheck(auto, real, [{ ...door, open: false, reason }], [])).toMatchObject({
    state: 'limited',
    found: `closed. ${reason}`,
    remedy: expect.stringContaining('range'),
  })
  expect(outsideCheck({ ...auto, externalDoor: 'off' }, real, [], [])).toMatchObject({ state: 'limited' })
  expect(outsideCheck(auto, real, [], ['172.16.0.0/12'])).toMatchObject({ state: 'limited' })
})
