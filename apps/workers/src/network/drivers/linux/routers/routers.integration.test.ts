import { randomUUID as newId } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { NetworkSpec, RouterPortSpec, RouterSpec } from '../../../driver.ts'
import type { FakeGuest } from '../../../testing/fake-guest.ts'
import { connect, type Flow, seenAs, serve } from '../../../testing/flows.ts'
import {
  canMakeNetworks,
  command,
  commandIn,
  makeTestHost,
  type TestHost,
} from '../../../testing/linux-host.ts'
import { guestOn, plainNetwork, router, routerPort } from '../../../testing/router-specs.ts'
import type { LinuxNetworkDriver } from '../driver.ts'

type Guest = FakeGuest & { address: string }

describe.skipIf(!canMakeNetworks())('a router', { timeout: 180_000 }, () => {
  let host: TestHost
  let driver: LinuxNetworkDriver
  let [red, blue, outer]: NetworkSpec[] = []
  const guests: FakeGuest[] = []
  const closing: { close: () => Promise<void> }[] = []

  beforeAll(async () => {
    host = await makeTestHost()
  })
  beforeEach(async () => {
    driver = host.driver()
    await driver.open()
    ;[red, blue, outer] = [plainNetwork(5101), plainNetwork(5102), plainNetwork(5103)]
    for (const network of [red, blue, outer]) await driver.ensureNetwork(network)
  })
  afterEach(async () => {
    for (const { close } of closing.splice(0)) await close()
    for (const guest of guests.splice(0)) await guest.remove()
    await driver.reconcile([])
    expect(await driver.inspect()).toEqual({ networks: [], ports: [], routers: [] })
    expect(command('ip', '-n', host.netns, 'link', 'show')).not.toMatch(/rp[0-9a-f]{11}/)
    await driver.close()
  })
  afterAll(async () => {
    await host.close()
    expect(command('ip', 'netns', 'list')).not.toContain(host.routerNetnsPrefix)
  })

  const place = async (network: NetworkSpec, address: string, gateway: string | null): Promise<Guest> => {
    const guest = await guestOn(driver, host.netns, network, address, gateway)
    guests.push(guest)
    return guest
  }
  const open = async (from: Guest, address: string, port: number): Promise<Flow> => {
    const flow = await connect(from.netns, address, port)
    if (!flow) throw new Error(`${from.address} does not reach ${address}:${port}`)
    closing.push(flow)
    return flow
  }
  const listen = async (guest: Guest, port: number) => closing.push(await serve(guest.netns, port))
  const gatewayOn = (network: NetworkSpec, address = '172.24.4.10/24', snat = true) => ({
    ...routerPort(network, address),
    nexthop: '172.24.4.1',
    snat,
  })
  const netnsOf = ({ routerId }: RouterSpec) => `${host.routerNetnsPrefix}${routerId}`

  /** Two networks with a guest each, an outside with a server, and the router between them. */
  async function world(fields: Partial<RouterSpec> = {}) {
    const a = await place(red!, '10.1.0.11/24', '10.1.0.1')
    const b = await place(blue!, '10.2.0.12/24', '10.2.0.1')
    const outside = await place(outer!, '172.24.4.1/24', null)
    await listen(outside, 80)
    const spec = router({
      interfaces: [routerPort(red!, '10.1.0.1/24'), routerPort(blue!, '10.2.0.1/24')],
      gateway: gatewayOn(outer!),
      ...fields,
    })
    await driver.ensureRouter(spec)
    return { a, b, outside, spec }
  }

  test('joins its networks and no others, and leaves by its gateway under its own address', async () => {
    const { a, b, outside, spec } = await world()
    const apart = plainNetwork(5104)
    await driver.ensureNetwork(apart)
    const c = await place(apart, '10.3.0.13/24', '10.3.0.1')
    expect(await a.reaches(b.address)).toBe(true)
    expect(await b.reaches('10.1.0.1')).toBe(true)
    expect(await a.reaches(c.address)).toBe(false)
    expect(await c.reaches(a.address)).toBe(false)
    // A full packet is not too large for any part of the way.
    await a.exec('ping', '-c', '1', '-W', '2', '-M', 'do', '-s', String(1450 - 28), b.address)
    expect(await seenAs(a.netns, outside.address, 80)).toBe('172.24.4.10')
    await listen(b, 81)
    expect(await seenAs(a.netns, b.address, 81)).toBe(a.address)

    // Who knows the way in does not get in, while addresses are translated.
    await outside.exec('ip', 'route', 'add', '10.0.0.0/8', 'via', '172.24.4.10')
    expect(await outside.reaches(a.address)).toBe(false)
    await driver.ensureRouter({ ...spec, gateway: { ...spec.gateway!, snat: false } })
    expect(await outside.reaches(a.address)).toBe(true)
    expect(await seenAs(a.netns, outside.address, 80)).toBe(a.address)

    // Nobody can pretend to come from another network of the router.
    await a.exec('ip', 'addr', 'add', '10.2.0.99/32', 'dev', 'eth0')
    const port = red!.ports.find(({ ips }) => ips.includes(a.address))!
    await driver.ensurePort({ ...port, portSecurity: false }, red!.mtu)
    await expect(a.exec('ping', '-c', '1', '-W', '1', '-I', '10.2.0.99', '172.24.4.1')).rejects.toThrow()
  })

  test('leads floating IPs in and out, also between its own guests', async () => {
    const { a, b, outside, spec } = await world()
    for (const guest of [a, b]) await listen(guest, 80)
    expect(await outside.reaches('172.24.4.21')).toBe(false)
    const led: RouterSpec = {
      ...spec,
      floatingIps: [
        { address: '172.24.4.21', fixedIp: a.address },
        { address: '172.24.4.22', fixedIp: b.address },
      ],
    }
    await driver.ensureRouter(led)
    expect(await outside.reaches('172.24.4.21')).toBe(true)
    expect(await seenAs(outside.netns, '172.24.4.21', 80)).toBe(outside.address)
    expect(await seenAs(a.netns, outside.address, 80)).toBe('172.24.4.21')
    expect(await seenAs(a.netns, '172.24.4.22', 80)).toBe('172.24.4.21')
    expect(await seenAs(a.netns, '172.24.4.21', 80)).toBe('172.24.4.21')
    expect(await a.reaches('172.24.4.22')).toBe(true)

    // It moves to another guest in one step.
    await driver.ensureRouter({ ...spec, floatingIps: [{ address: '172.24.4.21', fixedIp: b.address }] })
    expect(await seenAs(b.netns, outside.address, 80)).toBe('172.24.4.21')
    expect(await seenAs(a.netns, outside.address, 80)).toBe('172.24.4.10')
    expect(await outside.reaches('172.24.4.22')).toBe(false)
  })

  test('makes itself known where an address was somebody else’s', async () => {
    const { a, outside, spec } = await world()
    await outside.exec(
      ...[
        'ip',
        'neigh',
        'replace',
        '172.24.4.21',
        'lladdr',
        'fa:16:3e:99:99:99',
        'dev',
        'eth0',
        'nud',
        'stale',
      ],
    )
    await driver.ensureRouter({ ...spec, floatingIps: [{ address: '172.24.4.21', fixedIp: a.address }] })
    await expect
      .poll(() => outside.exec('ip', 'neigh', 'show', '172.24.4.21'), { timeout: 10_000 })
      .toContain(spec.gateway!.mac)
  })

  test('leads single ports, and nothing else of their address', async () => {
    const { a, b, outside, spec } = await world()
    for (const guest of [a, b]) await listen(guest, 80)
    const forward = (port: number, to: Guest) => ({
      address: '172.24.4.30',
      protocol: 'tcp',
      port,
      toAddress: to.address,
      toPort: 80,
    })
    await driver.ensureRouter({ ...spec, forwardings: [forward(8001, a), forward(8002, b)] })
    expect(await seenAs(outside.netns, '172.24.4.30', 8001)).toBe(outside.address)
    expect(await seenAs(outside.netns, '172.24.4.30', 8002)).toBe(outside.address)
    expect(await seenAs(outside.netns, '172.24.4.30', 80, 2_500)).toBe(null)
    expect(await seenAs(b.netns, '172.24.4.30', 8001)).toBe('172.24.4.10')
    const [first, second] = [
      await open(outside, '172.24.4.30', 8001),
      await open(outside, '172.24.4.30', 8002),
    ]
    await driver.ensureRouter({ ...spec, forwardings: [forward(8002, b)] })
    expect(await second.passes()).toBe(true)
    expect(await first.passes(1_500)).toBe(false)
  })

  test('cuts what is established when its ground goes, and nothing else', async () => {
    const { a, b, outside, spec } = await world()
    for (const guest of [a, b]) await listen(guest, 80)
    const floating = [
      { address: '172.24.4.21', fixedIp: a.address },
      { address: '172.24.4.22', fixedIp: b.address },
    ]
    await driver.ensureRouter({ ...spec, floatingIps: floating })
    const inward = await open(outside, '172.24.4.21', 80)
    const outward = await open(a, outside.address, 80)
    const other = await open(outside, '172.24.4.22', 80)
    const across = await open(a, b.address, 80)
    await driver.ensureRouter({ ...spec, floatingIps: floating.slice(1) })
    expect(await inward.passes(1_500)).toBe(false)
    expect(await outward.passes(1_500)).toBe(false)
    expect(await other.passes()).toBe(true)
    expect(await across.passes()).toBe(true)
    await driver.ensureRouter({
      ...spec,
      interfaces: spec.interfaces.slice(1),
      floatingIps: floating.slice(1),
    })
    expect(await across.passes(1_500)).toBe(false)
    expect(await other.passes()).toBe(true)
  })

  test('follows its static routes to another router of its network', async () => {
    const { a, spec } = await world()
    const beyond = plainNetwork(5104)
    await driver.ensureNetwork(beyond)
    const far = await place(beyond, '10.9.0.19/24', '10.9.0.1')
    const second = router({
      interfaces: [routerPort(beyond, '10.9.0.1/24'), routerPort(blue!, '10.2.0.254/24')],
      routes: [{ destination: '10.1.0.0/24', nexthop: '10.2.0.1' }],
    })
    await driver.ensureRouter(second)
    expect(await a.reaches(far.address)).toBe(false)
    const routed = { ...spec, routes: [{ destination: '10.9.0.0/24', nexthop: '10.2.0.254' }] }
    await driver.ensureRouter(routed)
    expect(await a.reaches(far.address)).toBe(true)
    await expect(
      driver.ensureRouter({ ...spec, routes: [{ destination: '10.8.0.0/24', nexthop: '192.0.2.1' }] }),
    ).rejects.toMatchObject({ code: 'driver_failed' })
    await driver.ensureRouter(spec)
    expect(commandIn(netnsOf(spec), 'ip', 'route')).not.toContain('10.9.0.0')
    expect(await a.reaches('10.2.0.1')).toBe(true)
  })

  test('is one of several with the same addresses inside', async () => {
    const { a, outside, spec } = await world()
    const twin = plainNetwork(5105)
    await driver.ensureNetwork(twin)
    const same = await place(twin, '10.1.0.11/24', '10.1.0.1')
    const other = router({
      interfaces: [routerPort(twin, '10.1.0.1/24')],
      gateway: gatewayOn(outer!, '172.24.4.11/24'),
      floatingIps: [{ address: '172.24.4.31', fixedIp: '10.1.0.11' }],
    })
    await driver.ensureRouter(other)
    expect(await seenAs(a.netns, outside.address, 80)).toBe('172.24.4.10')
    expect(await seenAs(same.netns, outside.address, 80)).toBe('172.24.4.31')
    await listen(same, 80)
    expect(await seenAs(a.netns, '172.24.4.31', 80)).toBe('172.24.4.10')
    await driver.removeRouter(spec.routerId)
    expect(await seenAs(a.netns, outside.address, 80, 2_500)).toBe(null)
    expect(await seenAs(same.netns, outside.address, 80)).toBe('172.24.4.31')
    expect((await driver.inspect()).routers).toEqual([other.routerId])
  })

  test('is found again by a new worker without a gap, and repaired whatever is gone', async () => {
    const { a, outside, spec } = await world()
    await listen(a, 80)
    const led = {
      ...spec,
      floatingIps: [
        { address: '172.24.4.21', fixedIp: a.address },
        { address: '172.24.4.29', fixedIp: '10.1.0.99' },
      ],
    }
    await driver.ensureRouter(led)
    const flow = await open(outside, '172.24.4.21', 80)
    const outward = await open(a, outside.address, 80)
    await driver.close()
    driver = host.driver()
    await driver.open()
    const wanted = { ...led, floatingIps: led.floatingIps.slice(0, 1) }
    const all = () => [red!, blue!, outer!].map((network) => structuredClone(network))
    await driver.reconcile(all(), [structuredClone(wanted)])
    expect(await flow.passes()).toBe(true)
    expect(await outward.passes()).toBe(true)
    const [gateway] = commandIn(netnsOf(spec), 'ip', '-o', 'link').match(/gw[0-9a-f]{11}/)!
    expect(commandIn(netnsOf(spec), 'ip', 'addr')).not.toContain('172.24.4.29')

    const netns = netnsOf(spec)
    const broken: (() => void)[] = [
      () => command('ip', '-n', netns, 'addr', 'del', '172.24.4.21/32', 'dev', gateway!),
      () => command('ip', '-n', netns, 'route', 'del', 'default'),
      () => commandIn(netns, 'nft', 'flush', 'ruleset'),
      () => commandIn(netns, 'nft', 'delete', 'element', 'ip', 'nephos', 'floating_in', '{ 172.24.4.21 }'),
      () => command('ip', '-n', netns, 'link', 'set', 'dev', gateway!, 'down'),
      () => command('ip', '-n', netns, 'link', 'del', 'dev', gateway!),
      () => command('ip', '-n', host.netns, 'link', 'del', 'dev', 'br5103'),
      () => command('ip', 'netns', 'del', netns),
    ]
    for (const breakIt of broken) {
      breakIt()
      await driver.reconcile(all(), [structuredClone(wanted)])
      expect(await seenAs(outside.netns, '172.24.4.21', 80), String(breakIt)).toBe(outside.address)
      expect(await seenAs(a.netns, outside.address, 80), String(breakIt)).toBe('172.24.4.21')
    }

    // A change that comes before the repair finds its way, too.
    command('ip', 'netns', 'del', netns)
    await driver.ensureRouter(led)
    expect(await seenAs(outside.netns, '172.24.4.21', 80)).toBe(outside.address)
  })

  test('does not keep the others from being made when it cannot be', async () => {
    const { a, spec } = await world()
    const lost: RouterPortSpec = { ...routerPort(red!, '10.7.0.1/24'), networkId: newId(), segmentId: 5999 }
    const impossible = router({ interfaces: [lost] })
    const all = [red!, blue!, outer!].map((network) => structuredClone(network))
    await driver.reconcile(all, [impossible, spec])
    expect(await a.reaches('10.2.0.1')).toBe(true)
    await expect(driver.ensureRouter(impossible)).rejects.toMatchObject({ code: 'driver_failed' })
  })

  test('switched off on one network passes nothing there', async () => {
    const { a, b, outside, spec } = await world()
    const [first, second] = spec.interfaces
    await driver.ensureRouter({ ...spec, interfaces: [first!, { ...second!, up: false }] })
    expect(await a.reaches(b.address)).toBe(false)
    expect(await a.reaches(outside.address)).toBe(true)
    await driver.ensureRouter(spec)
    expect(await a.reaches(b.address)).toBe(true)
  })
})
