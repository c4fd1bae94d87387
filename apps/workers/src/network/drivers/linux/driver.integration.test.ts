import { randomUUID as newId } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { chown } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tapName } from '@nephos/core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { NetworkSpec } from '../../driver.ts'
import { listenOnSocket } from '../../metadata/listen.ts'
import { type FakeGuest, plugGuest, startGuests } from '../../testing/fake-guest.ts'
import { canMakeNetworks, command, commandIn, makeTestHost, type TestHost } from '../../testing/linux-host.ts'
import { mac, network, port, withPorts } from '../../testing/specs.ts'
import { processesOf } from './daemon.ts'
import type { LinuxNetworkDriver } from './driver.ts'
import { findSystemUser } from './files.ts'
import { bridgeName } from './names.ts'

describe.skipIf(!canMakeNetworks())('the network of a Linux host', () => {
  let host: TestHost
  let driver: LinuxNetworkDriver
  let service: Server
  const guests: FakeGuest[] = []

  beforeAll(async () => {
    host = await makeTestHost()
    service = createServer((request, response) => {
      const { 'x-network-id': id, 'x-forwarded-for': from, 'x-instance-id': claimed } = request.headers
      response.end(JSON.stringify({ id, from, claimed: claimed ?? null, url: request.url }))
    })
    const proxy = await findSystemUser(['haproxy', 'nobody'])
    await listenOnSocket(service, host.metadataSocket, proxy!.gid)
    await chown(host.metadataSocket, 0, proxy!.gid)
  })
  beforeEach(async () => {
    driver = host.driver({ watchMs: 200 })
    await driver.open()
  })
  afterEach(async () => {
    for (const guest of guests.splice(0)) await guest.remove()
    await driver.reconcile([])
    await driver.close()
  })
  afterAll(async () => {
    service?.close()
    await host?.close()
  })

  const start = (spec: NetworkSpec) => startGuests(driver, host, spec, guests)

  test('a guest gets its reserved address, routes, MTU, DNS and name by DHCP, and no other guest gets anything', async () => {
    const base = network(11)
    const spec = withPorts(base, [port(base, 21), port(base, 22)])
    const [first, second] = await start(spec)
    const lease = await first!.dhcp()
    expect(lease).toMatchObject({
      ip: '10.0.0.21',
      subnet: '255.255.255.0',
      router: '10.0.0.1',
      dns: '192.0.2.53 192.0.2.54',
      mtu: '1450',
      hostname: 'guest-1',
      domain: 'cloud.test',
    })
    expect(lease!.staticroutes).toContain('169.254.169.254/32 10.0.0.2')
    expect(lease!.staticroutes).toContain('198.51.100.0/24 10.0.0.9')
    expect(lease!.staticroutes).toContain('0.0.0.0/0 10.0.0.1')
    expect((await second!.dhcp())!.ip).toBe('10.0.0.22')
    expect(await first!.reaches('10.0.0.22')).toBe(true)

    const unknown = port(spec, 77)
    const stranger = await plugGuest(host.netns, unknown.portId, unknown.mac)
    guests.push(stranger)
    await driver.ensurePort(unknown, spec.mtu)
    expect(await stranger.dhcp()).toBeNull()
  })

  test('the metadata proxy names the network and the guest, whatever the guest claims', async () => {
    const a = network(12)
    const b = network(13)
    const specA = withPorts(a, [port(a, 21)])
    const specB = withPorts(b, [port(b, 21)])
    const [guestA] = await start(specA)
    const [guestB] = await start(specB)
    await guestA!.dhcp()
    await guestB!.dhcp()
    const headers = { 'X-Network-ID': b.networkId, 'X-Forwarded-For': '10.0.0.99', 'X-Instance-ID': 'other' }
    const answer = await guestA!.get('/openstack/latest/meta_data.json', { headers })
    expect(answer.status).toBe(200)
    expect(JSON.parse(answer.body)).toEqual({
      id: a.networkId,
      from: '10.0.0.21',
      claimed: null,
      url: '/openstack/latest/meta_data.json',
    })
    // The same address in another network is another guest.
    expect(JSON.parse((await guestB!.get('/')).body)).toMatchObject({ id: b.networkId, from: '10.0.0.21' })
  })

  test('networks do not reach each other, also with the same addresses', async () => {
    const a = network(14)
    const b = network(15)
    const [guestA] = await start(withPorts(a, [port(a, 21)]))
    const [guestB] = await start(withPorts(b, [port(b, 22)]))
    await guestA!.dhcp()
    await guestB!.dhcp()
    expect(await guestA!.reaches('10.0.0.22')).toBe(false)
    expect(await guestA!.reaches('10.0.0.2')).toBe(true)
  })

  test('an address that goes to another port is given to it at once', async () => {
    const base = network(19)
    const before = withPorts(base, [port(base, 21)])
    const [first] = await start(before)
    expect((await first!.dhcp())!.ip).toBe('10.0.0.21')
    await driver.removePort(before.ports[0]!.portId)
    const heir = port(base, 33, { ips: ['10.0.0.21'] })
    const [second] = await start(withPorts(base, [heir]))
    expect((await second!.dhcp())!.ip).toBe('10.0.0.21')
  })

  test('the lease of a port that is gone is forgotten', async () => {
    const base = network(20)
    const spec = withPorts(base, [port(base, 21)])
    const [guest] = await start(spec)
    await guest!.dhcp()
    const leases = `${host.directory}/${base.networkId}/dhcp-leases`
    expect(readFileSync(leases, 'utf8')).toContain('10.0.0.21')
    await driver.removePort(spec.ports[0]!.portId)
    await driver.ensureNetwork(withPorts(base, []))
    await expect.poll(() => readFileSync(leases, 'utf8'), { timeout: 3_000 }).toBe('')
  })

  test('what a person breaks is repaired: bridge, DHCP, proxy, rules, namespace', async () => {
    const base = network(21)
    const spec = withPorts(base, [port(base, 21), port(base, 22)])
    const [guest] = await start(spec)
    await guest!.dhcp()
    const works = async () =>
      (await guest!.reaches('10.0.0.2')) &&
      (await guest!.get('/')).status === 200 &&
      (await guest!.dhcp()) !== null
    await expect.poll(works, { timeout: 20_000 }).toBe(true)

    command('ip', '-n', host.netns, 'link', 'del', bridgeName(21))
    expect(await guest!.reaches('10.0.0.2')).toBe(false)
    await driver.reconcile([spec])
    await expect.poll(works, { timeout: 20_000 }).toBe(true)

    const directory = `${host.directory}/${base.networkId}`
    for (const program of ['dnsmasq', 'haproxy'])
      for (const pid of await processesOf(program, directory)) process.kill(pid, 'SIGKILL')
    await expect.poll(works, { timeout: 10_000 }).toBe(true)

    commandIn(host.netns, 'nft', 'flush', 'ruleset')
    await driver.reconcile([spec])
    await guest!.exec('ip', 'link', 'set', 'dev', 'eth0', 'address', 'fa:16:3e:aa:aa:aa')
    expect(await guest!.reaches('10.0.0.2')).toBe(false)
    await guest!.exec('ip', 'link', 'set', 'dev', 'eth0', 'address', mac(21))
    await expect.poll(works, { timeout: 20_000 }).toBe(true)

    command('ip', 'netns', 'del', `${host.dhcpNetnsPrefix}21`)
    await driver.reconcile([spec])
    await expect.poll(works, { timeout: 20_000 }).toBe(true)
    expect(await processesOf('dnsmasq', directory)).toHaveLength(1)
    expect(await processesOf('haproxy', directory)).toHaveLength(1)
  })

  test('a new worker finds everything again and restarts nothing', async () => {
    const base = network(23)
    const spec = withPorts(base, [port(base, 21)])
    const [guest] = await start(spec)
    await guest!.dhcp()
    const directory = `${host.directory}/${base.networkId}`
    const pids = async () => [
      ...(await processesOf('dnsmasq', directory)),
      ...(await processesOf('haproxy', directory)),
    ]
    const before = await pids()
    expect(before).toHaveLength(2)
    await driver.close()
    driver = host.driver()
    await driver.open()
    await driver.reconcile([spec])
    expect(await pids()).toEqual(before)
    expect(await driver.inspect()).toMatchObject({
      networks: [base.networkId],
      ports: [spec.ports[0]!.portId],
    })
    const later = port(base, 44)
    const [next] = await start(withPorts(base, [later]))
    expect((await next!.dhcp())!.ip).toBe('10.0.0.44')
  })

  test('a network follows its subnets, MTU and DHCP switch', async () => {
    const base = network(24)
    const spec = withPorts(base, [port(base, 21)])
    const [guest] = await start(spec)
    await guest!.dhcp()
    const [subnet] = spec.subnets
    const second = {
      subnetId: newId(),
      cidr: '10.9.0.0/24',
      gatewayIp: null,
      enableDhcp: true,
      dhcpIp: '10.9.0.2',
      dnsServers: [],
      hostRoutes: [],
    }
    const changed = {
      ...spec,
      mtu: 1400,
      subnets: [{ ...subnet!, gatewayIp: null, dnsServers: ['192.0.2.1'] }, second],
    }
    await driver.reconcile([changed])
    const lease = await guest!.dhcp()
    expect(lease).toMatchObject({ ip: '10.0.0.21', mtu: '1400', dns: '192.0.2.1' })
    expect(lease!.router).toBeUndefined()
    const inner = commandIn(`${host.dhcpNetnsPrefix}24`, 'ip', 'addr', 'show', 'dev', 'dhcp0')
    expect(inner).toContain('10.9.0.2/24')
    expect(inner).toContain('mtu 1400')
    await driver.reconcile([
      { ...changed, subnets: changed.subnets.map((one) => ({ ...one, enableDhcp: false })) },
    ])
    expect(existsSync(`/run/netns/${host.dhcpNetnsPrefix}24`)).toBe(false)
    expect(await guest!.dhcp()).toBeNull()
  })

  test('a real tap belongs to the user of the machines', async () => {
    const base = network(25)
    await driver.ensureNetwork(base)
    const ports = Array.from({ length: 10 }, (_, index) => port(base, 100 + index))
    for (const [index, one] of ports.entries()) {
      await driver.ensureNetwork(withPorts(base, ports.slice(0, index + 1)))
      expect(await driver.ensurePort(one, base.mtu)).toEqual({
        portId: one.portId,
        tap: tapName(one.portId),
        netns: host.netns,
        mtu: 1450,
      })
    }
    const [link] = JSON.parse(
      command('ip', '-n', host.netns, '-j', '-d', 'link', 'show', 'dev', tapName(ports[0]!.portId)),
    )
    expect(link).toMatchObject({
      mtu: 1450,
      master: bridgeName(25),
      linkinfo: { info_kind: 'tun', info_data: { type: 'tap', user: 'nobody' } },
    })
    // Asking again changes nothing.
    await driver.ensurePort(ports[0]!, base.mtu)
    expect((await driver.inspect()).ports).toHaveLength(10)
  })

  test('nothing is left of a network that was removed, nor of a host that was destroyed', async () => {
    const gone = network(26)
    const kept = network(27)
    const spec = withPorts(gone, [port(gone, 21)])
    await start(spec)
    await start(withPorts(kept, [port(kept, 21)]))
    await driver.removeNetwork(gone.networkId)
    await driver.removeNetwork(gone.networkId)
    expect(await driver.inspect()).toMatchObject({ networks: [kept.networkId] })
    expect(existsSync(`${host.directory}/${gone.networkId}`)).toBe(false)
    expect(existsSync(`/run/netns/${host.dhcpNetnsPrefix}26`)).toBe(false)
    expect(await processesOf('dnsmasq', `${host.directory}/${gone.networkId}`)).toEqual([])
    const links = commandIn(host.netns, 'ip', 'link')
    expect(links).not.toMatch(/br26|dh26/)
    expect(links).toMatch(/br27/)
    expect(commandIn(host.netns, 'nft', 'list', 'ruleset')).not.toContain(tapName(spec.ports[0]!.portId))

    await driver.destroy()
    expect(await driver.inspect()).toEqual({ networks: [], ports: [], routers: [] })
    expect(readdirSync('/run/netns').filter((name) => name === host.netns)).toEqual([])
    expect(readdirSync('/run/netns').filter((name) => name.startsWith(host.dhcpNetnsPrefix))).toEqual([])
    expect(await processesOf('haproxy', host.directory)).toEqual([])
    expect(existsSync(host.directory)).toBe(false)
    await driver.destroy()
    await driver.open()
  })
})
