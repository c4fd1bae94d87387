import { expect, test } from 'vitest'
import { networkReason, portDeleteReason, portReason, subnetDeleteReason } from './actions.ts'

const owner = { isAdmin: false, projectId: 'a', readOnly: null }
const network = {
  projectId: 'a',
  status: 'ACTIVE',
  name: 'lan',
  external: false,
  shared: true,
  sharedWith: [],
}

test('the owner and administrators change a network, others use it', () => {
  expect(networkReason(network, owner)).toBeNull()
  const stranger = { ...owner, projectId: 'b' }
  expect(networkReason(network, stranger)).toMatch(/another project/)
  expect(portReason(network, stranger)).toBeNull()
  expect(networkReason(network, { ...stranger, isAdmin: true })).toBeNull()
  const external = { ...network, external: true, shared: false }
  expect(portReason(external, stranger)).toMatch(/external network/)
  expect(portReason(external, owner)).toBeNull()
})

test('what is being deleted takes nothing more', () => {
  const going = { ...network, status: 'DELETING' }
  expect([networkReason(going, owner), portReason(going, owner)]).toEqual([
    'The network is being deleted.',
    'The network is being deleted.',
  ])
})

test('a subnet with addresses in use beyond that of DHCP stays', () => {
  expect(subnetDeleteReason(network, { used: 1, enableDhcp: true }, owner)).toBeNull()
  expect(subnetDeleteReason(network, { used: 2, enableDhcp: true }, owner)).toMatch(/Ports use/)
})

test('ports of instances and of DHCP go with what they belong to', () => {
  const port = { instanceId: null, instanceName: null, deviceOwner: '' }
  expect(portDeleteReason(port, owner)).toBeNull()
  expect(portDeleteReason({ ...port, deviceOwner: 'network:dhcp' }, owner)).toContain('DHCP')
  expect(portDeleteReason({ ...port, deviceOwner: 'network:router_interface' }, owner)).toContain('router')
  expect(portDeleteReason({ ...port, deviceOwner: 'network:floatingip' }, owner)).toContain('release')
  expect(portDeleteReason(port, { ...owner, readOnly: 'Reader.' })).toBe('Reader.')
})
