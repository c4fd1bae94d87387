import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { allocateInstancePorts, mutate, networkVerbs } from '@nephos/core'
import {
  createTestCloud,
  eventsIn,
  makeInstance,
  makeTenant,
  type TestCloud,
  uniqueName,
} from '@nephos/core/testing'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { LinuxNetworkDriver } from '../drivers/linux/driver.ts'
import { HostNetwork } from '../host-network.ts'
import { type FakeGuest, plugGuest } from '../testing/fake-guest.ts'
import { canMakeNetworks, makeTestHost, type TestHost } from '../testing/linux-host.ts'
import { lookUp, lookUpAddress, nameServerScript } from '../testing/lookup.ts'
import { NameListener } from './listen.ts'

const { networks, ports } = networkVerbs

describe.skipIf(!canMakeNetworks())('names on a network', () => {
  let cloud: TestCloud
  let host: TestHost
  let driver: LinuxNetworkDriver
  let network: HostNetwork
  let listener: NameListener
  const guests: FakeGuest[] = []
  const problems: unknown[] = []
  const hostName = uniqueName('host')
  beforeAll(async () => {
    ;[cloud, host] = await Promise.all([createTestCloud(), makeTestHost()])
    await begin()
  })
  afterEach(() => expect(problems).toEqual([]))
  afterAll(async () => {
    await end()
    for (const guest of guests.splice(0)) await guest.remove()
    await host?.close()
    await cloud?.close()
  })

  async function begin(dnsForwarders: string[] = []): Promise<void> {
    driver = host.driver({ dnsForwarders })
    await driver.open()
    network = new HostNetwork({ services: cloud.services, host: hostName, driver })
    listener = new NameListener(network, (error) => problems.push(error))
  }
  async function end(): Promise<void> {
    await listener?.stop()
    await driver?.close()
  }

  /** Does something, and lets the host hear of it as it would over the queue. */
  async function heard<Result>(work: () => Promise<Result>): Promise<Result> {
    const from = cloud.kicked.length
    const result = await work()
    for (const event of eventsIn(cloud.kicked.slice(from))) {
      listener.heard(event)
      if (event.noun === 'network') await network.refresh(event.id)
    }
    return result
  }

  test('are answered forward and reverse, follow changes, and cost no lease', async () => {
    const { ctx, project } = await makeTenant(cloud)
    const made = await networks.create({
      ctx,
      input: { name: 'net', subnet: { cidr: '10.0.0.0/24' } },
    })
    const web = await ports.create({
      ctx,
      input: { networkId: made.id, dnsName: 'Web', portSecurity: false, securityGroupIds: [] },
    })
    expect(web).toMatchObject({ dnsName: 'web', hostname: 'web' })
    const guest = await plugGuest(host.netns, web.id, web.macAddress)
    guests.push(guest)
    await network.wire([web.id])
    const lease = await guest.dhcp()
    const server = lease!.dns!
    expect(lease).toMatchObject({ hostname: 'web', domain: 'cloud.test' })
    expect(made.subnets[0]!.dnsServers).toEqual([])
    const [own] = web.fixedIps.map(({ ipAddress }) => ipAddress) as [string]
    expect(await lookUp(guest, 'web', server)).toBe(own)
    expect(await lookUp(guest, 'web.cloud.test', server)).toBe(own)
    expect(await lookUpAddress(guest, own, server)).toBe('web.cloud.test')
    expect(await lookUp(guest, 'nobody.cloud.test', server)).toBe('ENOTFOUND')
    expect(await lookUp(guest, 'www.example.org', server)).toBe('EREFUSED')

    const directory = join(host.directory, made.id)
    const pid = () => readFile(join(directory, 'dnsmasq.pid'), 'utf8')
    const leases = () => readFile(join(directory, 'dhcp-leases'), 'utf8')
    const [pidBefore, leasesBefore] = [await pid(), await leases()]
    expect(leasesBefore).toContain(` ${own} `)
    // An instance has its name wherever it is; a name of the port's own comes first.
    const instance = await makeInstance(cloud, { projectId: project.id })
    const { hostname } = await cloud.db.instance.findUniqueOrThrow({ where: { id: instance.id } })
    const [port] = await heard(() =>
      mutate(ctx, (tx) =>
        allocateInstancePorts(tx, {
          projectId: project.id,
          ports: [{ instanceId: instance.id, networkId: made.id, deviceIndex: 0 }],
          instances: new Map([[instance.id, { name: instance.name, hostname }]]),
        }),
      ),
    )
    const [address] = port!.fixedIps.map(({ ipAddress }) => ipAddress) as [string]
    const found = (name: string) => expect.poll(() => lookUp(guest, name, server), { timeout: 20_000 })
    await found(hostname).toBe(address)
    await heard(() => ports.update({ ctx, input: { id: port!.portId, dnsName: 'store' } }))
    await found('store').toBe(address)
    expect(await lookUpAddress(guest, address, server)).toBe('store.cloud.test')
    expect(await lookUp(guest, `${hostname}.cloud.test`, server)).toBe('ENOTFOUND')
    expect(await pid()).toBe(pidBefore)
    expect(await leases()).toBe(leasesBefore)

    // A guest does not name itself.
    const claim = [
      '-x',
      'hostname:bank',
      '-i',
      'eth0',
      '-f',
      '-n',
      '-q',
      '-t',
      '3',
      '-T',
      '1',
      '-s',
      '/bin/true',
    ]
    await guest.exec('busybox', 'udhcpc', ...claim)
    expect(await lookUp(guest, 'bank.cloud.test', server)).toBe('ENOTFOUND')

    // Another domain: the daemon starts anew, its leases stay.
    await heard(() => networks.update({ ctx, input: { id: made.id, dnsDomain: 'Shop.Example.' } }))
    await found('store.shop.example').toBe(address)
    expect(await lookUpAddress(guest, own, server)).toBe('web.shop.example')
    expect(await lookUp(guest, 'store.cloud.test', server)).toBe('EREFUSED')
    expect(await leases()).toContain(` ${own} `)

    await heard(() => ports.update({ ctx, input: { id: port!.portId, dnsName: '' } }))
    await found(hostname).toBe(address)
    await cloud.db.port.delete({ where: { id: port!.portId } })
    await network.reconcile()
    expect(await lookUp(guest, `${hostname}.shop.example`, server)).toBe('ENOTFOUND')

    // Where name servers are configured, the others are asked for the rest, through the gateway.
    const gateway = await ports.create({
      ctx,
      input: { networkId: made.id, portSecurity: false, securityGroupIds: [] },
    })
    const router = await plugGuest(host.netns, gateway.id, gateway.macAddress)
    guests.push(router)
    await router.exec('ip', 'address', 'add', '10.0.0.1/24', 'dev', 'eth0')
    await router.exec('ip', 'address', 'add', '198.51.100.53/32', 'dev', 'lo')
    await end()
    await begin(['198.51.100.53'])
    await network.wire([gateway.id])
    await network.reconcile()
    const args = [process.execPath, '-e', nameServerScript, '198.51.100.53', '203.0.113.7']
    const answering = spawn('nsenter', [`--net=/run/netns/${router.netns}`, '--', ...args])
    await once(answering.stdout, 'data')
    await found('www.example.org').toBe('203.0.113.7')
    expect(await lookUp(guest, 'nobody.shop.example', server)).toBe('ENOTFOUND')
    answering.kill('SIGKILL')
  }, 180_000)
})
