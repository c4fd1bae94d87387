import { randomUUID as newId } from 'node:crypto'
import { noteNetworkHost, registerHost } from '@nephos/core'
import {
  createTestCloud,
  makeHost,
  makeNetwork,
  makeTenant,
  type TestCloud,
  uniqueName,
} from '@nephos/core/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadDesired } from '../desired.ts'
import { makePort, makeRouter } from '../testing/router-rows.ts'
import { loadRouters } from './desired-routers.ts'

let cloud: TestCloud
beforeAll(async () => {
  cloud = await createTestCloud()
})
afterAll(() => cloud?.close())

test('rows of IPv6 become what hosts apply: modes, announcements, ways out, and who is a router elsewhere', async () => {
  const projectId = (await makeTenant(cloud)).project.id
  const names = [uniqueName('host'), uniqueName('host')] as const
  for (const [index, name] of names.entries()) {
    await makeHost(cloud, { name, networkDriver: 'linux' })
    await registerHost(cloud.services, { name, zone: 'nova', underlayIp: `10.255.0.${index + 1}` })
  }
  const modes = { ipVersion: 6, ipv6RaMode: 'slaac', ipv6AddressMode: 'slaac', dnsServers: ['fd00:a::53'] }
  const red = await makeNetwork(cloud, {
    projectId,
    subnet: { cidr: 'fd00:a::/64', gatewayIp: 'fd00:a::1', pools: [], ...modes },
  })
  const outer = await makeNetwork(cloud, {
    projectId,
    external: true,
    subnet: { cidr: '172.24.4.0/24', gatewayIp: '172.24.4.1' },
  })
  const outer6 = await cloud.db.subnet.create({
    data: {
      id: newId(),
      networkId: outer.id,
      projectId,
      ipVersion: 6,
      cidr: '2001:db8::/64',
      gatewayIp: '2001:db8::1',
      pools: [],
      dnsServers: [],
      hostRoutes: [],
    },
  })
  const { id } = await makeRouter(cloud, {
    projectId,
    networks: [red],
    external: { network: outer, address: '172.24.4.10' },
    hostName: names[0],
  })
  const { gatewayPortId } = await cloud.db.router.findUniqueOrThrow({ where: { id } })
  await cloud.db.addressAllocation.create({
    data: {
      portId: gatewayPortId!,
      subnetId: outer6.id,
      networkId: outer.id,
      ipAddress: '2001:db8::10',
    },
  })
  const [router] = await loadRouters(cloud.db, names[0], [id])
  expect(router!.spec).toMatchObject({
    interfaces: [{ addresses: ['fd00:a::1/64'], announced: [{ cidr: 'fd00:a::/64', mode: 'slaac' }] }],
    gateway: { nexthop: '172.24.4.1', nexthop6: '2001:db8::1', announced: [] },
  })
  expect(router!.spec.gateway!.addresses.toSorted()).toEqual(['172.24.4.10/24', '2001:db8::10/64'])

  await makePort(cloud, { projectId, network: red, address: 'fd00:a::11', hostName: names[1] })
  for (const name of names) await noteNetworkHost(cloud.services, red.id, name)
  const [desired] = await loadDesired(cloud.db, names[1], [red.id], { overlay: true })
  expect(desired).toMatchObject({
    subnets: [{ cidr: 'fd00:a::/64', ipv6RaMode: 'slaac', ipv6AddressMode: 'slaac' }],
    ports: [{ ips: ['fd00:a::11'] }],
    overlay: { remotes: [{ ips: ['fd00:a::1'], router: true, underlayIp: '10.255.0.1' }] },
  })
})
