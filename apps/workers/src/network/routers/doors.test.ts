import { expect, test } from 'vitest'
import { shareOf } from '../drivers/linux/doors/names.ts'
import { doorOf, noDoors } from './doors.ts'

const network = {
  id: '0198c0de-0000-7000-8000-000000000001',
  external: true,
  physicalNetwork: null,
  vlanId: null,
  subnets: [
    { cidr: '172.24.4.0/24', gatewayIp: '172.24.4.1' },
    { cidr: '2001:db8::/64', gatewayIp: '2001:db8::1' },
  ],
}
const campus = { ...noDoors, interfaces: new Map([['campus', 'eth1']]) }

test('an external network leads to the machine, where that is its neighbour', () => {
  expect(doorOf(network, noDoors)).toBe(null)
  expect(doorOf({ ...network, external: false }, { ...noDoors, machine: true })).toBe(null)
  expect(doorOf(network, { ...noDoors, machine: true })).toMatchObject({
    interface: null,
    addresses: ['172.24.4.1/24'],
  })
})

test('a physical network is there where the configuration names its interface, with its VLAN', () => {
  expect(doorOf({ ...network, physicalNetwork: 'office' }, campus)).toBe(null)
  expect(doorOf({ ...network, physicalNetwork: 'campus' }, { ...campus, machine: true })).toMatchObject({
    interface: 'eth1',
    vlan: null,
    addresses: [],
  })
  expect(
    doorOf({ ...network, external: false, physicalNetwork: 'campus', vlanId: 42 }, campus),
  ).toMatchObject({ interface: 'eth1', vlan: 42 })
})

test('a share is the whole interface or one VLAN of it, and is known by what it is of', () => {
  expect(shareOf('eth1', null, 'dr5', 'ns')).toEqual({
    kind: 'macvlan',
    alias: 'nephos:interface:eth1',
    command: 'link add link eth1 name dr5 netns ns type macvlan mode passthru',
  })
  expect(shareOf('eth1', 42, 'dr6', 'ns')).toEqual({
    kind: 'vlan',
    alias: 'nephos:interface:eth1:42',
    command: 'link add link eth1 name dr6 netns ns type vlan id 42',
  })
})
