import { randomUUID } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig, type NephosConfig } from '@nephos/config'
import {
  allocateInstancePorts,
  createServices,
  mutate,
  networkVerbs,
  type OpenServices,
  tapName,
} from '@nephos/core'
import { createTestCloud, ctxFor, makeInstance, makeTenant, type TestCloud } from '@nephos/core/testing'
import { startTestNats, type TestNats } from '@nephos/jobs/testing'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunningRole } from '../role.ts'
import { createNetworkDriver, destroyHostNetwork } from './drivers/index.ts'
import { plugGuest } from './testing/fake-guest.ts'
import { canMakeNetworks, commandIn } from './testing/linux-host.ts'
import { startNetworkWorker } from './worker.ts'

const log = pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' })
const hostName = 'host1'

let cloud: TestCloud
let nats: TestNats
beforeAll(async () => {
  ;[cloud, nats] = await Promise.all([createTestCloud(), startTestNats()])
})
afterAll(async () => {
  await cloud?.close()
  await nats?.stop()
})

const configFor = (home: string, networkDriver: 'linux' | 'simulated'): NephosConfig =>
  loadConfig({
    env: {},
    cwd: home,
    overrides: {
      home,
      hostName,
      networkDriver,
      qemuUser: 'nobody',
      databaseUrl: cloud.databaseUrl,
      natsUrl: nats.url,
    },
  })

/** A host of its own with a running network worker, and the services of another process. */
async function startHost(networkDriver: 'linux' | 'simulated') {
  const home = await mkdtemp(join(tmpdir(), 'nephos-worker-'))
  await chmod(home, 0o711)
  const config = configFor(home, networkDriver)
  const open = (processName: string) => createServices({ config, processName, log })
  const control = open('control')
  let services: OpenServices = open('network-host1')
  let worker: RunningRole = await startNetworkWorker({ services, hostName })
  const stop = async () => {
    await worker.stop()
    await services.close()
  }
  return {
    config,
    ask: control.ask,
    services: control,
    restart: async () => {
      await stop()
      services = open('network-host1')
      worker = await startNetworkWorker({ services, hostName })
    },
    close: async () => {
      await stop()
      await control.close()
      await destroyHostNetwork(config, log)
      await rm(home, { recursive: true, force: true })
    },
  }
}

async function makeWorld(services: OpenServices) {
  const { user, project } = await makeTenant(cloud)
  const ctx = { ...ctxFor(cloud, { user, project }), ...services }
  const made = await networkVerbs.networks.create({
    ctx,
    input: { name: 'net', subnet: { cidr: '10.0.0.0/24' } },
  })
  const instance = async (fields: Partial<Parameters<typeof makeInstance>[1]> = {}) => {
    const row = await makeInstance(cloud, { projectId: project.id, ...fields })
    const [port] = await mutate(ctx, (tx) =>
      allocateInstancePorts(tx, {
        projectId: project.id,
        ports: [{ instanceId: row.id, networkId: made.id, deviceIndex: 0 }],
      }),
    )
    return { row, port: port! }
  }
  return { ctx, project, network: made, instance }
}

test('a simulated host answers over the queue, is registered, and follows events', async () => {
  const host = await startHost('simulated')
  try {
    const world = await makeWorld(host.services)
    const { port } = await world.instance()
    await expect
      .poll(() => host.ask(hostName, 'network.wire', { portIds: [port.portId] }).catch(() => null), {
        timeout: 5_000,
      })
      .toMatchObject({ ports: [{ portId: port.portId, netns: null, mtu: 1450 }] })
    const row = await cloud.db.host.findUniqueOrThrow({
      where: { name: hostName },
      include: { services: true },
    })
    expect(row.networkDriver).toBe('simulated')
    expect(row.services.map(({ role }) => role)).toEqual(['network'])
    await expect(host.ask(hostName, 'network.wire', { portIds: [randomUUID()] })).rejects.toMatchObject({
      code: 'not_found',
    })
    const gone = { portId: port.portId, networkId: world.network.id }
    expect(await host.ask(hostName, 'network.unwire', { ports: [gone] })).toEqual({})
    expect(await host.ask(hostName, 'network.remove', { networkId: world.network.id })).toEqual({})
    expect(await cloud.db.networkHost.count({ where: { hostName } })).toBe(0)
  } finally {
    await host.close()
  }
})

describe.skipIf(!canMakeNetworks())('a real host', () => {
  test('carries a guest from its first DHCP request to its removal, through a restart of the worker', async () => {
    const host = await startHost('linux')
    const driver = await createNetworkDriver(host.config, log)
    const removals: (() => Promise<void>)[] = []
    try {
      const world = await makeWorld(host.services)
      const { row, port } = await world.instance({
        name: 'web-1',
        hostname: 'web-1',
        keyName: 'laptop',
        keyPublic: 'ssh-ed25519 AAAA laptop',
        userData: new Uint8Array(Buffer.from('#!/bin/sh\necho hello\n')),
      })
      const wire = (portId: string) => host.ask(hostName, 'network.wire', { portIds: [portId] })
      await expect.poll(() => wire(port.portId).catch(() => null), { timeout: 10_000 }).not.toBeNull()
      const { ports } = await wire(port.portId)
      const netns = ports[0]!.netns!
      await host.ask(hostName, 'network.unwire', {
        ports: [{ portId: port.portId, networkId: world.network.id }],
      })

      const guest = await plugGuest(netns, port.portId, port.macAddress)
      removals.push(guest.remove)
      await wire(port.portId)
      const lease = await guest.dhcp()
      expect(lease).toMatchObject({
        ip: port.fixedIps[0]!.ipAddress,
        hostname: 'web-1',
        domain: 'novalocal',
        mtu: '1450',
      })
      const metadata = await guest.get('/openstack/latest/meta_data.json')
      expect(JSON.parse(metadata.body)).toMatchObject({
        uuid: row.id,
        hostname: 'web-1.novalocal',
        public_keys: { laptop: 'ssh-ed25519 AAAA laptop' },
        project_id: world.project.id,
      })
      expect((await guest.get('/latest/user-data')).body).toBe('#!/bin/sh\necho hello\n')
      expect((await guest.get('/latest/api/token', { method: 'PUT' })).status).toBe(404)
      const password = { method: 'POST', body: 'encrypted' }
      expect((await guest.get('/openstack/latest/password', password)).status).toBe(200)
      expect((await guest.get('/openstack/latest/password', password)).status).toBe(409)
      expect((await guest.get('/openstack/latest/password')).body).toBe('encrypted')
      expect((await cloud.db.instance.findUniqueOrThrow({ where: { id: row.id } })).guestPassword).toBe(
        'encrypted',
      )

      // A change of the network reaches the host by its event, without being asked for.
      await networkVerbs.subnets.create({
        ctx: world.ctx,
        input: { networkId: world.network.id, cidr: '10.1.0.0/24' },
      })
      const dhcpPort = await cloud.db.addressAllocation.findFirstOrThrow({
        where: { networkId: world.network.id, ipAddress: { startsWith: '10.1.' } },
      })
      await guest.exec('ip', 'route', 'replace', '10.1.0.0/24', 'dev', 'eth0')
      await expect.poll(() => guest.reaches(dhcpPort.ipAddress), { timeout: 10_000 }).toBe(true)

      await host.restart()
      expect(await guest.reaches(dhcpPort.ipAddress)).toBe(true)
      await expect
        .poll(async () => (await guest.get('/latest/meta-data/hostname')).body, { timeout: 10_000 })
        .toBe('web-1.novalocal')

      // The address goes to another instance: it hears about itself at once, not about the former one.
      await expect
        .poll(
          () =>
            host
              .ask(hostName, 'network.unwire', {
                ports: [{ portId: port.portId, networkId: world.network.id }],
              })
              .catch(() => null),
          { timeout: 10_000 },
        )
        .toEqual({})
      await guest.remove()
      await cloud.db.port.delete({ where: { id: port.portId } })
      const heir = await world.instance({ name: 'heir', hostname: 'heir' })
      const [subnet] = world.network.subnets
      await cloud.db.addressAllocation.deleteMany({ where: { portId: heir.port.portId } })
      await cloud.db.addressAllocation.create({
        data: {
          subnetId: subnet!.id,
          networkId: world.network.id,
          portId: heir.port.portId,
          ipAddress: port.fixedIps[0]!.ipAddress,
        },
      })
      let second = await plugGuest(netns, heir.port.portId, heir.port.macAddress)
      removals.push(() => second.remove())
      await wire(heir.port.portId)
      let given = await second.dhcp()
      if (!given) {
        // The worker has just looked at the host as a whole, and took what was plugged in before it was asked for.
        await second.remove()
        commandIn(netns, 'ip', 'link', 'del', tapName(heir.port.portId))
        second = await plugGuest(netns, heir.port.portId, heir.port.macAddress)
        await wire(heir.port.portId)
        given = await second.dhcp()
      }
      expect(given).toMatchObject({ ip: port.fixedIps[0]!.ipAddress, hostname: 'heir' })
      expect((await second.get('/latest/meta-data/hostname')).body).toBe('heir.novalocal')

      await host.ask(hostName, 'network.unwire', {
        ports: [{ portId: heir.port.portId, networkId: world.network.id }],
      })
      await host.ask(hostName, 'network.remove', { networkId: world.network.id })
      expect(await driver.inspect()).toEqual({ networks: [], ports: [], routers: [] })
    } finally {
      for (const remove of removals) await remove()
      await driver.close()
      await host.close()
    }
  })
})
