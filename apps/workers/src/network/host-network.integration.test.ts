import { randomUUID as newId } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { allocateInstancePorts, dhcpOwner, mutate, networkVerbs } from '@nephos/core'
import { NephosError } from '@nephos/core/errors'
import { slaacAddress } from '@nephos/core/ipv6'
import { createTestCloud, makeInstance, makeTenant, type TestCloud, uniqueName } from '@nephos/core/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { loadDesired } from './desired.ts'
import { SimulatedNetworkDriver } from './drivers/simulated/driver.ts'
import { HostNetwork } from './host-network.ts'

let cloud: TestCloud
let directory: string
let driver: SimulatedNetworkDriver
let network: HostNetwork
let host: string
const forgotten: string[] = []

beforeAll(async () => {
  cloud = await createTestCloud()
})
afterAll(() => cloud?.close())
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nephos-sim-'))
  host = uniqueName('host')
  forgotten.length = 0
  ;[driver, network] = await open()
})
afterEach(async () => {
  await driver.close()
  await rm(directory, { recursive: true, force: true })
})

async function open(): Promise<[SimulatedNetworkDriver, HostNetwork]> {
  const opened = new SimulatedNetworkDriver({ directory })
  await opened.open()
  const own = new HostNetwork({
    services: cloud.services,
    host,
    driver: opened,
    forgetIdentity: (_, ip) => forgotten.push(ip),
  })
  return [opened, own]
}

async function tenant() {
  const { ctx, project } = await makeTenant(cloud)
  const made = await networkVerbs.networks.create({
    ctx,
    input: { name: 'net', subnet: { cidr: '10.0.0.0/24', dnsServers: ['192.0.2.53'] } },
  })
  const ports = async (count: number) => {
    const instances = await Promise.all(
      Array.from({ length: count }, () => makeInstance(cloud, { projectId: project.id })),
    )
    return mutate(ctx, (tx) =>
      allocateInstancePorts(tx, {
        projectId: project.id,
        ports: instances.map(({ id }) => ({ instanceId: id, networkId: made.id, deviceIndex: 0 })),
      }),
    )
  }
  return { ctx, project, network: made, ports }
}
const row = (id: string) => cloud.db.port.findUniqueOrThrow({ where: { id } })

describe('wiring', () => {
  test('brings the network and the port, marks it and says so', async () => {
    const { network: made, ports, project } = await tenant()
    const [port] = await ports(1)
    const wired = await network.wire([port!.portId])
    expect(wired).toMatchObject([{ portId: port!.portId, mtu: 1450, netns: null }])
    expect(await driver.inspect()).toEqual({ networks: [made.id], ports: [port!.portId], routers: [] })
    expect(await row(port!.portId)).toMatchObject({
      status: 'ACTIVE',
      hostName: host,
      vifType: 'tap',
      generation: 1,
    })
    expect(await cloud.db.networkHost.findMany({ where: { networkId: made.id } })).toMatchObject([
      { hostName: host },
    ])
    const event = cloud.announced.find(({ id }) => id === port!.portId)
    expect(event).toMatchObject({
      noun: 'port',
      change: 'updated',
      audience: { kind: 'project', projectId: project.id },
      data: { status: 'ACTIVE', hostName: null, fixedIps: port!.fixedIps },
    })
    const { macAddress } = await row(port!.portId)
    expect(forgotten).toEqual([port!.fixedIps[0]!.ipAddress, slaacAddress('fe80::/64', macAddress)])
    expect(await network.wire([port!.portId])).toEqual(wired)
  })

  test('of a port that does not exist or is not an instance’s is refused', async () => {
    const { network: made } = await tenant()
    await expect(network.wire([newId()])).rejects.toMatchObject({ code: 'not_found' })
    const dhcp = await cloud.db.port.findFirstOrThrow({
      where: { networkId: made.id, deviceOwner: dhcpOwner },
    })
    await expect(network.wire([dhcp.id])).rejects.toMatchObject({ code: 'not_found' })
  })

  test('on a network that is being deleted is refused', async () => {
    const { network: made, ports } = await tenant()
    const [port] = await ports(1)
    await cloud.db.network.update({ where: { id: made.id }, data: { deleting: true } })
    await expect(network.wire([port!.portId])).rejects.toMatchObject({ code: 'conflict' })
  })

  test('many at once on several networks loses none and makes each network once', async () => {
    const tenants = await Promise.all([tenant(), tenant()])
    const ports = (await Promise.all(tenants.map((one) => one.ports(15)))).flat()
    let busy = 0
    let most = 0
    const perNetwork = new Map<string, number>()
    const ensure = driver.ensureNetwork.bind(driver)
    vi.spyOn(driver, 'ensureNetwork').mockImplementation(async (spec) => {
      const before = perNetwork.get(spec.networkId) ?? 0
      expect(before).toBe(0)
      perNetwork.set(spec.networkId, before + 1)
      most = Math.max(most, ++busy)
      await sleep(1)
      await ensure(spec)
      busy--
      perNetwork.set(spec.networkId, before)
    })
    await Promise.all(ports.map(({ portId }) => network.wire([portId])))
    expect(most).toBe(2)
    expect((await driver.inspect()).ports).toEqual(ports.map(({ portId }) => portId).sort())
    const desired = await loadDesired(cloud.db, host)
    expect(desired.map((spec) => [spec.ports.length, spec.leases.length])).toEqual([
      [15, 15],
      [15, 15],
    ])
  })

  test('repairs a host that was broken by hand, once', async () => {
    const { ports } = await tenant()
    const [first, second] = await ports(2)
    await network.wire([first!.portId])
    const ensure = vi.spyOn(driver, 'ensurePort')
    ensure.mockRejectedValueOnce(new NephosError('driver_failed', 'ip: no such bridge'))
    const reconcile = vi.spyOn(driver, 'reconcile')
    await network.wire([second!.portId])
    expect(reconcile).toHaveBeenCalledTimes(1)
    expect((await driver.inspect()).ports).toHaveLength(2)
  })
})

describe('letting go', () => {
  test('of a port removes it and its reservation, and may be asked twice', async () => {
    const { ports, network: made } = await tenant()
    const [one, two] = await ports(2)
    await network.wire([one!.portId, two!.portId])
    const ensure = vi.spyOn(driver, 'ensureNetwork')
    const gone = [{ portId: one!.portId, networkId: made.id }]
    await network.unwire(gone)
    await network.unwire(gone)
    await network.unwire([{ portId: newId(), networkId: newId() }])
    expect((await driver.inspect()).ports).toEqual([two!.portId])
    expect(ensure.mock.calls.map(([spec]) => spec.leases.map(({ mac }) => mac))).toEqual([[two!.macAddress]])
    expect(await row(one!.portId)).toMatchObject({ status: 'DOWN', hostName: null, vifType: 'unbound' })
  })

  test('of a network removes it here and the note of it', async () => {
    const { ports, network: made } = await tenant()
    const [port] = await ports(1)
    await network.wire([port!.portId])
    await network.unwire([{ portId: port!.portId, networkId: made.id }])
    await network.remove(made.id)
    await network.remove(made.id)
    expect(await driver.inspect()).toEqual({ networks: [], ports: [], routers: [] })
    expect(await cloud.db.networkHost.count({ where: { networkId: made.id } })).toBe(0)
  })
})

describe('what the database wants', () => {
  test('is read whole, with DHCP, reservations and switches', async () => {
    const { ctx, ports, project, network: made } = await tenant()
    const [port, elsewhere] = await ports(2)
    await cloud.db.instance.update({
      where: { id: port!.instanceId },
      data: { extraSpecs: { 'quota:vif_outbound_average': '500' } },
    })
    await network.wire([port!.portId])
    await networkVerbs.networks.update({ ctx, input: { id: made.id, adminStateUp: false } })
    const [spec] = await loadDesired(cloud.db, host)
    const dhcp = await cloud.db.port.findFirstOrThrow({
      where: { networkId: made.id, deviceOwner: dhcpOwner },
      include: { allocations: true, network: true },
    })
    const instance = await cloud.db.instance.findUniqueOrThrow({ where: { id: port!.instanceId } })
    const ip = port!.fixedIps[0]!.ipAddress
    const group = await cloud.db.securityGroup.findUniqueOrThrow({ where: { defaultOf: project.id } })
    const limits = { inbound: null, outbound: { bytesPerSecond: 500_000, burstBytes: null } }
    expect(spec).toEqual({
      networkId: made.id,
      door: null,
      overlay: null,
      segmentId: dhcp.network.segmentId,
      mtu: 1450,
      adminStateUp: false,
      qosPolicyId: null,
      dnsDomain: '',
      dhcpMac: dhcp.macAddress,
      subnets: [
        {
          subnetId: made.subnets[0]!.id,
          cidr: '10.0.0.0/24',
          gatewayIp: '10.0.0.1',
          enableDhcp: true,
          ipv6RaMode: null,
          ipv6AddressMode: null,
          dhcpIp: dhcp.allocations[0]!.ipAddress,
          dnsServers: ['192.0.2.53'],
          hostRoutes: [],
        },
      ],
      leases: [{ mac: port!.macAddress, ip, hostname: instance.hostname }],
      ports: [
        {
          portId: port!.portId,
          networkId: made.id,
          mac: port!.macAddress,
          ips: [ip],
          portSecurity: true,
          allowedPairs: [],
          securityGroups: [group.id],
          adminStateUp: false,
          limits,
          qos: { portPolicyId: null, networkPolicyId: null, flavor: limits },
        },
      ],
    })
    expect(elsewhere).toBeDefined()
    expect(await loadDesired(cloud.db, 'another-host')).toEqual([])
  })

  test('is what a restarted worker ends with, whatever it finds', async () => {
    const { ports, network: made } = await tenant()
    const [port, lost] = await ports(2)
    await network.wire([port!.portId, lost!.portId])
    await driver.close()
    ;[driver, network] = await open()
    expect(await driver.inspect()).toEqual({
      networks: [made.id],
      ports: [port!.portId, lost!.portId].sort(),
      routers: [],
    })
    await cloud.db.port.update({ where: { id: lost!.portId }, data: { hostName: null } })
    await driver.removePort(port!.portId)
    await network.reconcile()
    expect(await driver.inspect()).toEqual({ networks: [made.id], ports: [port!.portId], routers: [] })
  })

  test('is followed when one network changes', async () => {
    const { ctx, ports, network: made } = await tenant()
    const [port] = await ports(1)
    await network.wire([port!.portId])
    await networkVerbs.subnets.create({ ctx, input: { networkId: made.id, cidr: '10.1.0.0/24' } })
    const ensure = vi.spyOn(driver, 'ensureNetwork')
    await network.refresh(made.id)
    expect(ensure.mock.calls[0]![0].subnets.map(({ cidr }) => cidr)).toEqual(['10.0.0.0/24', '10.1.0.0/24'])
    await cloud.db.port.deleteMany({ where: { id: port!.portId } })
    await network.refresh(made.id)
    expect((await driver.inspect()).ports).toEqual([])
    await cloud.db.network.update({ where: { id: made.id }, data: { deleting: true } })
    await network.refresh(made.id)
    expect((await driver.inspect()).networks).toEqual([])
  })
})

test('the simulated driver wires a port in less than three milliseconds', async () => {
  const spec = {
    networkId: newId(),
    segmentId: 1,
    mtu: 1450,
    adminStateUp: true,
    subnets: [],
    dhcpMac: null,
    leases: [],
    ports: [],
    overlay: null,
  }
  await driver.ensureNetwork(spec)
  const started = performance.now()
  for (let i = 0; i < 200; i++) {
    await driver.ensureNetwork(spec)
    await driver.ensurePort(
      {
        portId: newId(),
        networkId: spec.networkId,
        mac: '',
        ips: [],
        portSecurity: true,
        adminStateUp: true,
      },
      1450,
    )
  }
  expect((performance.now() - started) / 200).toBeLessThan(3)
  await expect(
    driver.ensurePort(
      { portId: newId(), networkId: newId(), mac: '', ips: [], portSecurity: true, adminStateUp: true },
      1450,
    ),
  ).rejects.toMatchObject({ code: 'driver_failed' })
})
