import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { allocateInstancePorts, mutate, networkVerbs, registerHost } from '@nephos/core'
import { createTestCloud, makeInstance, makeTenant, type TestCloud, uniqueName } from '@nephos/core/testing'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { loadDesired } from './desired.ts'
import type { OverlaySpec } from './driver.ts'
import { SimulatedNetworkDriver } from './drivers/simulated/driver.ts'
import { HostNetwork } from './host-network.ts'

/** Remembers what it was told of other hosts. */
class Listening extends SimulatedNetworkDriver {
  readonly told = new Map<string, OverlaySpec | null>()
  override ensureNetwork(spec: Parameters<SimulatedNetworkDriver['ensureNetwork']>[0]) {
    this.told.set(spec.networkId, spec.overlay)
    return super.ensureNetwork(spec)
  }
}

let cloud: TestCloud
let directory: string
let hosts: { name: string; ip: string; driver: Listening; network: HostNetwork }[]
beforeAll(async () => {
  cloud = await createTestCloud()
})
afterAll(() => cloud?.close())
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nephos-hosts-'))
  hosts = await Promise.all(
    [1, 2].map(async (place) => {
      const [name, ip] = [uniqueName(`host${place}`), `10.255.0.${place}`]
      await registerHost(cloud.services, { name, zone: 'nova', networkDriver: 'simulated', underlayIp: ip })
      const driver = new Listening({ directory: join(directory, name) })
      await driver.open()
      return {
        name,
        ip,
        driver,
        network: new HostNetwork({ services: cloud.services, host: name, driver, overlay: true }),
      }
    }),
  )
})
afterEach(async () => {
  for (const { driver } of hosts) await driver.close()
  await rm(directory, { recursive: true, force: true })
})

async function portsOf(count: number) {
  const { ctx, project } = await makeTenant(cloud)
  const network = await networkVerbs.networks.create({
    ctx,
    input: { name: 'net', subnet: { cidr: '10.0.0.0/24' } },
  })
  const instances = await Promise.all(
    Array.from({ length: count }, () => makeInstance(cloud, { projectId: project.id })),
  )
  const ports = await mutate(ctx, (tx) =>
    allocateInstancePorts(tx, {
      projectId: project.id,
      ports: instances.map(({ id }) => ({ instanceId: id, networkId: network.id, deviceIndex: 0 })),
    }),
  )
  return { networkId: network.id, ports }
}

const remote = (port: { macAddress: string; fixedIps: { ipAddress: string }[] }, underlayIp: string) => ({
  mac: port.macAddress,
  ips: port.fixedIps.map(({ ipAddress }) => ipAddress),
  underlayIp,
})

test('a host that comes later knows the first one, which hears of it when it is told', async () => {
  const { networkId, ports } = await portsOf(2)
  const [a, b] = [hosts[0]!, hosts[1]!]
  await a.network.wire([ports[0]!.portId])
  expect(a.driver.told.get(networkId)).toEqual({ peers: [], remotes: [] })
  await b.network.wire([ports[1]!.portId])
  expect(b.driver.told.get(networkId)).toEqual({ peers: [a.ip], remotes: [remote(ports[0]!, a.ip)] })
  await a.network.meet(networkId)
  expect(a.driver.told.get(networkId)).toEqual({ peers: [b.ip], remotes: [remote(ports[1]!, b.ip)] })

  // It moves to another address, and in the end stands alone.
  await registerHost(cloud.services, { name: b.name, zone: 'nova', underlayIp: '10.255.0.99' })
  await a.network.meetAll()
  expect(a.driver.told.get(networkId)?.peers).toEqual(['10.255.0.99'])
  await registerHost(cloud.services, { name: b.name, zone: 'nova', underlayIp: null })
  await a.network.meetAll()
  expect(a.driver.told.get(networkId)).toEqual({ peers: [], remotes: [] })
})

test('a port stands by on a second host until it is moved there; both hosts then know', async () => {
  const { networkId, ports } = await portsOf(1)
  const [a, b] = [hosts[0]!, hosts[1]!]
  const [port] = ports
  const row = () => cloud.db.port.findUniqueOrThrow({ where: { id: port!.portId } })
  await expect(b.network.activate([port!.portId])).rejects.toMatchObject({ code: 'conflict' })
  await a.network.wire([port!.portId])
  await b.network.wire([port!.portId], { standby: true })
  expect(await row()).toMatchObject({ hostName: a.name, standbyHost: b.name, status: 'ACTIVE' })
  expect(b.driver.told.get(networkId)).toEqual({ peers: [a.ip], remotes: [remote(port!, a.ip)] })

  // Neither a reconciliation nor a refresh takes it away, on either side.
  for (const { driver, network } of [a, b]) {
    await network.reconcile()
    await network.refresh(networkId)
    expect((await driver.inspect()).ports).toEqual([port!.portId])
  }

  await b.network.activate([port!.portId])
  await b.network.activate([port!.portId])
  expect(await row()).toMatchObject({ hostName: b.name, standbyHost: null, status: 'ACTIVE' })
  expect(b.driver.told.get(networkId)).toEqual({ peers: [a.ip], remotes: [] })
  await a.network.meet(networkId)
  expect(a.driver.told.get(networkId)).toEqual({ peers: [b.ip], remotes: [remote(port!, b.ip)] })
  await a.network.unwire([{ portId: port!.portId, networkId }])
  expect(await row()).toMatchObject({ hostName: b.name, status: 'ACTIVE' })
})

test('a move that is given up leaves the port where it was', async () => {
  const { networkId, ports } = await portsOf(1)
  const [a, b] = [hosts[0]!, hosts[1]!]
  const { portId } = ports[0]!
  await a.network.wire([portId])
  await b.network.wire([portId], { standby: true })
  await b.network.unwire([{ portId, networkId }])
  expect(await cloud.db.port.findUniqueOrThrow({ where: { id: portId } })).toMatchObject({
    hostName: a.name,
    standbyHost: null,
    status: 'ACTIVE',
  })
  expect((await b.driver.inspect()).ports).toEqual([])
  expect(await loadDesired(cloud.db, a.name, [networkId], { overlay: true })).toMatchObject([
    { overlay: { peers: [b.ip], remotes: [] } },
  ])
})
