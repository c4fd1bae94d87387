import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Ctx, networkVerbs } from '@nephos/core'
import { createTestCloud, eventsIn, makeTenant, type TestCloud, uniqueName } from '@nephos/core/testing'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { SimulatedNetworkDriver } from '../drivers/simulated/driver.ts'
import { HostNetwork } from '../host-network.ts'
import { GroupListener } from './listen.ts'

const { addressGroups, securityGroups, securityGroupRules, ports } = networkVerbs
let cloud: TestCloud
let directory: string
let driver: SimulatedNetworkDriver
let network: HostNetwork
let listener: GroupListener
const problems: unknown[] = []
beforeAll(async () => {
  cloud = await createTestCloud()
})
afterAll(() => cloud?.close())
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nephos-groups-'))
  driver = new SimulatedNetworkDriver({ directory })
  await driver.open()
  network = new HostNetwork({ services: cloud.services, host: uniqueName('host'), driver })
  listener = new GroupListener(network, (error) => problems.push(error))
})
afterEach(async () => {
  await listener.stop()
  await driver.close()
  await rm(directory, { recursive: true, force: true })
  expect(problems).toEqual([])
})

/** Does something, and lets the host hear of it as it would over the queue. */
async function heard<Result>(work: () => Promise<Result>): Promise<Result> {
  const from = cloud.kicked.length
  const result = await work()
  for (const event of eventsIn(cloud.kicked.slice(from))) listener.heard(event)
  return result
}

async function world() {
  const { ctx } = await makeTenant(cloud)
  const made = await networkVerbs.networks.create({
    ctx,
    input: { name: 'net', subnet: { cidr: '10.0.0.0/24' } },
  })
  const port = (securityGroupIds: string[]) =>
    ports.create({ ctx, input: { networkId: made.id, securityGroupIds } })
  const group = (name: string) => securityGroups.create({ ctx, input: { name } })
  return { ctx, network: made, port, group }
}

const allow = (
  ctx: Ctx,
  securityGroupId: string,
  fields: { remoteGroupId?: string; remoteAddressGroupId?: string; portMin?: number; ethertype?: 'IPv6' },
) =>
  securityGroupRules.create({
    ctx,
    input: {
      securityGroupId,
      direction: 'ingress',
      ...(fields.portMin && { protocol: 'tcp', portMax: fields.portMin }),
      ...fields,
    },
  })
const rulesIn = (id: string) =>
  driver.firewall.groups.get(id)?.rules.filter((one) => one.direction === 'ingress')
const membersOf = (id: string) =>
  driver.firewall.members
    .get(id)
    ?.map(({ address }) => address)
    .sort()

test('a host knows the rules of its ports’ groups, hears of changes, and of no others', async () => {
  const { ctx, port, group } = await world()
  const [web, other] = [await group('web'), await group('other')]
  const wired = await port([web.id])
  await network.wire([wired.id])
  expect([...driver.firewall.groups.keys()]).toEqual([web.id])
  expect(rulesIn(web.id)).toEqual([])
  const ssh = { protocol: 6, portMin: 22, portMax: 22, cidr: null, groupId: null }
  const rule = await heard(() => allow(ctx, web.id, { portMin: 22 }))
  await expect.poll(() => rulesIn(web.id)).toEqual([{ direction: 'ingress', ethertype: 'IPv4', ...ssh }])
  const rule6 = await heard(() => allow(ctx, web.id, { portMin: 22, ethertype: 'IPv6' }))
  await expect.poll(() => rulesIn(web.id)).toContainEqual({ direction: 'ingress', ethertype: 'IPv6', ...ssh })
  await heard(() => securityGroupRules.delete({ ctx, input: { id: rule6.id } }))
  await heard(() => allow(ctx, other.id, { portMin: 22 }))
  await heard(() => securityGroupRules.delete({ ctx, input: { id: rule.id } }))
  await expect.poll(() => rulesIn(web.id)).toEqual([])
  expect(driver.firewall.groups.has(other.id)).toBe(false)

  // The port changes its groups; the network of the host is told of it.
  await heard(() => ports.setSecurityGroups({ ctx, input: { id: wired.id, securityGroupIds: [other.id] } }))
  await expect.poll(() => network.port(wired.networkId, wired.id)?.securityGroups).toEqual([other.id])
  expect(rulesIn(other.id)).toHaveLength(1)
  await network.reconcile()
  expect([...driver.firewall.groups.keys()]).toEqual([other.id])
})

test('members of a group that a rule names come and go, wherever they are', async () => {
  const { ctx, port, group } = await world()
  const [clients, servers] = [await group('clients'), await group('servers')]
  const first = await port([clients.id])
  const wired = await port([servers.id])
  await network.wire([wired.id])
  expect(membersOf(clients.id)).toBeUndefined()
  await heard(() => allow(ctx, servers.id, { remoteGroupId: clients.id }))
  const [ip] = first.fixedIps
  await expect.poll(() => membersOf(clients.id)).toEqual([ip!.ipAddress])
  const second = await heard(() => port([clients.id]))
  const both = [ip!.ipAddress, second.fixedIps[0]!.ipAddress].sort()
  await expect.poll(() => membersOf(clients.id)).toEqual(both)
  await heard(() => ports.delete({ ctx, input: { id: first.id } }))
  await expect.poll(() => membersOf(clients.id)).toEqual([second.fixedIps[0]!.ipAddress])
  await heard(() => ports.setSecurityGroups({ ctx, input: { id: second.id, securityGroupIds: [] } }))
  await expect.poll(() => membersOf(clients.id)).toEqual([])
  await heard(() => port([clients.id]))
  await expect.poll(() => membersOf(clients.id)).toHaveLength(1)
  // The group goes with the rule that names it.
  await cloud.db.port.deleteMany({ where: { securityGroups: { some: { groupId: clients.id } } } })
  await heard(() => securityGroups.delete({ ctx, input: { id: clients.id } }))
  await expect.poll(() => membersOf(clients.id)).toBeUndefined()
  expect(rulesIn(servers.id)).toEqual([])
})

test('addresses of an address group that a rule names come and go at once', async () => {
  const { ctx, port, group } = await world()
  const servers = await group('servers')
  const office = await addressGroups.create({
    ctx,
    input: { name: 'office', addresses: ['192.0.2.0/24', '198.51.100.7'] },
  })
  const other = await addressGroups.create({ ctx, input: { name: 'other', addresses: ['203.0.113.1'] } })
  const wired = await port([servers.id])
  await network.wire([wired.id])
  const rule = await heard(() => allow(ctx, servers.id, { remoteAddressGroupId: office.id }))
  await expect.poll(() => membersOf(office.id)).toEqual(['192.0.2.0/24', '198.51.100.7'])
  expect(rulesIn(servers.id)).toMatchObject([{ cidr: null, groupId: office.id }])
  expect(driver.firewall.members.get(office.id)?.every(({ networkId }) => networkId === null)).toBe(true)
  const change = (verb: 'addAddresses' | 'removeAddresses', id: string, addresses: string[]) =>
    heard(() => addressGroups[verb]({ ctx, input: { id, addresses } }))
  await change('addAddresses', office.id, ['203.0.113.9'])
  await expect.poll(() => membersOf(office.id)).toHaveLength(3)
  await change('addAddresses', other.id, ['203.0.113.2'])
  await change('removeAddresses', office.id, ['192.0.2.0/24', '203.0.113.9'])
  await expect.poll(() => membersOf(office.id)).toEqual(['198.51.100.7'])
  expect(membersOf(other.id)).toBeUndefined()
  // A port that changes touches none of them, and neither does reading everything anew.
  await heard(() => port([servers.id]))
  await network.reconcile()
  expect(membersOf(office.id)).toEqual(['198.51.100.7'])
  await heard(() => securityGroupRules.delete({ ctx, input: { id: rule.id } }))
  await expect.poll(() => membersOf(office.id)).toBeUndefined()
})

test('pairs of addresses count as members, and widen what a port may send', async () => {
  const { ctx, port, group } = await world()
  const clients = await group('clients')
  await allow(ctx, clients.id, { remoteGroupId: clients.id })
  const { id, networkId, macAddress, fixedIps } = await port([clients.id])
  const pairs = [{ ipAddress: '10.0.0.128/25' }]
  await cloud.db.port.update({ where: { id }, data: { allowedAddressPairs: pairs } })
  await network.wire([id])
  expect(membersOf(clients.id)).toEqual(['10.0.0.128/25', fixedIps[0]!.ipAddress].sort())
  expect(network.port(networkId, id)?.allowedPairs).toEqual([{ mac: macAddress, cidr: '10.0.0.128/25' }])
})

test('one change reads what changed, however many ports there are', async () => {
  const { ctx, port, group } = await world()
  const [clients, servers] = [await group('clients'), await group('servers')]
  await allow(ctx, servers.id, { remoteGroupId: clients.id })
  const made = []
  for (let index = 0; index < 12; index++) made.push(await port([servers.id, clients.id]))
  const statements: string[] = []
  const db = new Proxy(cloud.services.db, {
    get: (target, key) => {
      if (key === 'port' || key === 'securityGroup' || key === 'network') statements.push(String(key))
      return Reflect.get(target, key)
    },
  })
  network = new HostNetwork({ services: { ...cloud.services, db }, host: uniqueName('host'), driver })
  listener = new GroupListener(network, (error) => problems.push(error))
  await network.wire(made.map(({ id }) => id))
  statements.length = 0
  await heard(() => allow(ctx, servers.id, { portMin: 80 }))
  await expect.poll(() => rulesIn(servers.id)).toHaveLength(2)
  expect(statements).toEqual(['securityGroup'])
  statements.length = 0
  await heard(() => port([clients.id]))
  await expect.poll(() => membersOf(clients.id)).toHaveLength(13)
  expect(statements).toEqual(['port'])
})
