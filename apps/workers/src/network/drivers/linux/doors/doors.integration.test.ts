import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { DoorSpec, NetworkSpec } from '../../../driver.ts'
import { doorMac } from '../../../routers/door-mac.ts'
import type { FakeGuest } from '../../../testing/fake-guest.ts'
import { seenAs, serve } from '../../../testing/flows.ts'
import {
  canMakeNetworks,
  command,
  commandIn,
  makeTestHost,
  type TestHost,
} from '../../../testing/linux-host.ts'
import { guestOn, plainNetwork, router, routerPort } from '../../../testing/router-specs.ts'
import type { LinuxNetworkDriver } from '../driver.ts'

/** Beyond the machine. */
const far = (machine: string) => `${machine}-far`

describe.skipIf(!canMakeNetworks())('the door of an external network', { timeout: 180_000 }, () => {
  let host: TestHost
  let second: TestHost
  let driver: LinuxNetworkDriver
  const guests: FakeGuest[] = []
  const closing: { close: () => Promise<void> }[] = []

  beforeAll(async () => {
    host = await makeTestHost()
    const other = await makeTestHost()
    second = { ...other, machine: host.machine, driver: (options) => other.driver(options, host.machine) }
  })
  beforeEach(async () => {
    const { machine } = host
    command('ip', 'netns', 'add', machine)
    command('ip', 'netns', 'add', far(machine))
    command(
      ...[
        'ip',
        '-n',
        machine,
        'link',
        'add',
        'up0',
        'type',
        'veth',
        'peer',
        'name',
        'up1',
        'netns',
        far(machine),
      ],
    )
    command('ip', '-n', machine, 'link', 'set', 'dev', 'lo', 'up')
    command('ip', '-n', machine, 'addr', 'add', '192.0.2.1/24', 'dev', 'up0')
    command('ip', '-n', machine, 'link', 'set', 'dev', 'up0', 'up')
    command('ip', '-n', far(machine), 'addr', 'add', '192.0.2.9/24', 'dev', 'up1')
    command('ip', '-n', far(machine), 'link', 'set', 'dev', 'up1', 'up')
    driver = host.driver()
    await driver.open()
  })
  afterEach(async () => {
    for (const { close } of closing.splice(0)) await close()
    for (const guest of guests.splice(0)) await guest.remove()
    await driver.reconcile([])
    await driver.close()
    // Only what was there before is left.
    expect(names(host.machine)).toEqual(['lo', 'up0'])
    command('ip', 'netns', 'del', host.machine)
    command('ip', 'netns', 'del', far(host.machine))
  })
  afterAll(async () => {
    await host.close()
    await second.close()
  })

  const names = (netns: string) =>
    JSON.parse(command('ip', '-n', netns, '-j', 'link', 'show'))
      .map(({ ifname }: { ifname: string }) => ifname)
      .sort()
  const external = (segmentId: number, door: Partial<DoorSpec> = {}): NetworkSpec => {
    const network = plainNetwork(segmentId)
    const mac = doorMac(network.networkId)
    return {
      ...network,
      door: { interface: null, addresses: ['172.24.4.1/24'], mac, masquerade: false, ...door },
    }
  }

  /** A guest behind a router with a floating IP on the network. */
  async function guestBehind(outer: NetworkSpec) {
    const inner = plainNetwork(outer.segmentId + 50)
    await driver.ensureNetwork(outer)
    await driver.ensureNetwork(inner)
    const guest = await guestOn(driver, host.netns, inner, '10.1.0.11/24', '10.1.0.1')
    guests.push(guest)
    const spec = router({
      interfaces: [routerPort(inner, '10.1.0.1/24')],
      gateway: { ...routerPort(outer, '172.24.4.10/24'), nexthop: '172.24.4.1', snat: true },
      floatingIps: [{ address: '172.24.4.21', fixedIp: '10.1.0.11' }],
    })
    await driver.ensureRouter(spec)
    return { guest, inner, spec }
  }
  const pings = (netns: string, address: string) => {
    try {
      commandIn(netns, 'ping', '-c', '2', '-i', '0.3', '-W', '1', address)
      return true
    } catch {
      return false
    }
  }

  test('leads to the machine, which reaches floating IPs; it is repaired and found again', async () => {
    const outer = external(5201)
    const { guest, inner, spec } = await guestBehind(outer)
    expect(driver.doorState(outer.networkId)).toEqual({ open: true, reason: '' })
    expect(pings(host.machine, '172.24.4.21')).toBe(true)
    closing.push(await serve(guest.netns, 22))
    expect(await seenAs(host.machine, '172.24.4.21', 22)).toBe('172.24.4.1')
    closing.push(await serve(host.machine, 80))
    expect(await seenAs(guest.netns, '172.24.4.1', 80)).toBe('172.24.4.21')

    await driver.close()
    driver = host.driver()
    await driver.open()
    const all = () => [outer, inner].map((network) => structuredClone(network))
    const door = names(host.machine).find((name: string) => name.startsWith('nd'))!
    const breaks = [
      () => {},
      () => command('ip', '-n', host.machine, 'addr', 'flush', 'dev', door),
      () => command('ip', '-n', host.machine, 'link', 'del', 'dev', door),
      () => command('ip', '-n', host.netns, 'link', 'del', 'dev', 'br5201'),
    ]
    for (const breakIt of breaks) {
      breakIt()
      await driver.reconcile(all(), [spec])
      expect(pings(host.machine, '172.24.4.21'), String(breakIt)).toBe(true)
    }
    // Another range: the address follows.
    const other = { ...outer, door: { ...outer.door!, addresses: ['172.24.9.1/24'] } }
    await driver.ensureNetwork(other)
    expect(command('ip', '-n', host.machine, 'addr', 'show', 'dev', door)).toMatch(/inet 172\.24\.9\.1\/24/)
    await driver.ensureNetwork({ ...outer, door: null })
    expect(driver.doorState(outer.networkId)).toBe(null)
    expect(names(host.machine)).toEqual(['lo', 'up0'])
  })

  test('stays closed, with the reason, where the machine has these addresses; two clouds do not meet', async () => {
    const outer = external(5202)
    command('ip', '-n', host.machine, 'addr', 'add', '172.24.4.77/26', 'dev', 'up0')
    await driver.ensureNetwork(outer)
    expect(driver.doorState(outer.networkId)).toEqual({
      open: false,
      reason:
        'The machine has 172.24.4.77/26 on up0 already. It overlaps with 172.24.4.0/24: give the external network another range.',
    })
    expect(names(host.machine)).toEqual(['lo', 'up0'])
    command('ip', '-n', host.machine, 'addr', 'del', '172.24.4.77/26', 'dev', 'up0')
    command('ip', '-n', host.machine, 'route', 'add', '172.16.0.0/12', 'via', '192.0.2.9')
    await driver.reconcile([outer])
    expect(driver.doorState(outer.networkId)!.reason).toContain('a route to 172.16.0.0/12 by up0')
    command('ip', '-n', host.machine, 'route', 'del', '172.16.0.0/12')
    await driver.reconcile([outer])
    expect(driver.doorState(outer.networkId)).toEqual({ open: true, reason: '' })

    const neighbour = second.driver()
    await neighbour.open()
    const same = external(5202)
    await neighbour.ensureNetwork(same)
    expect(neighbour.doorState(same.networkId)).toMatchObject({ open: false })
    const apart = external(5203, { addresses: ['172.24.5.1/24'] })
    await neighbour.ensureNetwork(apart)
    expect(neighbour.doorState(apart.networkId)).toEqual({ open: true, reason: '' })
    expect(names(host.machine)).toHaveLength(4)
    await neighbour.destroy()
    expect(names(host.machine)).toHaveLength(3)
    expect(pings(host.machine, '172.24.4.1')).toBe(true)
  })

  test('passes on to the outside only where it is told to, and says what is missing', async () => {
    const outer = external(5204)
    const { guest } = await guestBehind(outer)
    closing.push(await serve(far(host.machine), 80))
    expect(await seenAs(guest.netns, '192.0.2.9', 80, 2_500)).toBe(null)
    await driver.ensureNetwork({ ...outer, door: { ...outer.door!, masquerade: true } })
    expect(driver.doorState(outer.networkId)).toEqual({
      open: true,
      reason: `Nothing is passed on: net.ipv4.ip_forward is 0 on ${host.machine}.`,
    })
    commandIn(host.machine, 'sh', '-c', 'echo 1 >/proc/sys/net/ipv4/ip_forward')
    expect(await seenAs(guest.netns, '192.0.2.9', 80)).toBe('192.0.2.1')
    await driver.ensureNetwork(outer)
    expect(commandIn(host.machine, 'nft', 'list', 'ruleset')).not.toContain('masquerade')
  })

  test('is a share of an interface where the configuration names one', async () => {
    const missing = external(5205, { interface: 'up7', addresses: [] })
    await driver.ensureNetwork(missing)
    expect(driver.doorState(missing.networkId)).toEqual({
      open: false,
      reason: 'The machine has no interface up7.',
    })
    const outer = external(5206, { interface: 'up0', addresses: [] })
    command('ip', '-n', far(host.machine), 'addr', 'add', '172.24.4.1/24', 'dev', 'up1')
    await guestBehind(outer)
    expect(driver.doorState(outer.networkId)).toEqual({ open: true, reason: '' })
    expect(pings(far(host.machine), '172.24.4.21')).toBe(true)
    expect(names(host.machine)).toEqual(['lo', 'up0'])
  })
})
