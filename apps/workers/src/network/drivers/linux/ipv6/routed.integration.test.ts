import { slaacAddress } from '@nephos/core/ipv6'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { NetworkSpec, PortSpec, RouterSpec } from '../../../driver.ts'
import { type FakeGuest, startGuests } from '../../../testing/fake-guest.ts'
import { hasAddress, subnet6, wake, withSubnets } from '../../../testing/guest6.ts'
import { canMakeNetworks, command, makeTestLab, type TestHost } from '../../../testing/linux-host.ts'
import { newMac, plainNetwork, router, routerPort } from '../../../testing/router-specs.ts'
import type { LinuxNetworkDriver } from '../driver.ts'

describe.skipIf(!canMakeNetworks())('IPv6 between hosts and through a router', { timeout: 180_000 }, () => {
  let hosts: TestHost[]
  let drivers: LinuxNetworkDriver[]
  const guests: FakeGuest[] = []

  beforeAll(async () => {
    hosts = await makeTestLab(2)
    drivers = hosts.map((host) => host.driver({ watchMs: 200 }))
    await Promise.all(drivers.map((driver) => driver.open()))
  })
  afterEach(async () => {
    for (const guest of guests.splice(0)) await guest.remove()
    await Promise.all(drivers.map((driver) => driver.reconcile([])))
  })
  afterAll(async () => {
    for (const driver of drivers ?? []) await driver.close()
    for (const host of hosts ?? []) await host.close()
    expect(command('ip', 'netns', 'list')).not.toContain(hosts[0]!.routerNetnsPrefix)
  })

  const portOn = ({ networkId }: NetworkSpec, prefix: string): PortSpec => {
    const mac = newMac()
    const ips = [slaacAddress(prefix, mac)]
    return { portId: crypto.randomUUID(), networkId, mac, ips, portSecurity: true, adminStateUp: true }
  }
  const partOf = (
    spec: NetworkSpec,
    place: number,
    ports: PortSpec[],
    remotes: { mac: string; ips: string[]; router?: boolean }[],
  ): NetworkSpec => {
    const underlayIp = hosts[1 - place]!.underlayIp!
    return {
      ...structuredClone(spec),
      ports,
      overlay: { peers: [underlayIp], remotes: remotes.map((one) => ({ ...one, underlayIp })) },
    }
  }

  test('guests on two hosts find each other, their router wherever it is, other networks and the outside', async () => {
    const red = withSubnets(
      plainNetwork(6201, { dhcpMac: 'fa:16:3e:ff:ff:02' }),
      subnet6('fd00:a::/64', 'slaac'),
    )
    const blue = withSubnets(
      plainNetwork(6202, { dhcpMac: 'fa:16:3e:ff:ff:03' }),
      subnet6('fd00:b::/64', 'dhcpv6-stateful', { enableDhcp: false }),
    )
    const outer = plainNetwork(6203, { subnets: [subnet6('2001:db8::/64', null, { enableDhcp: false })] })
    const [near, far] = [portOn(red, 'fd00:a::/64'), portOn(red, 'fd00:a::/64')]
    const other = { ...portOn(blue, 'fd00:b::/64'), ips: ['fd00:b::12'] }
    const outside = { ...portOn(outer, '2001:db8::/64'), ips: ['2001:db8::1'] }
    const onRed = {
      ...routerPort(red, 'fd00:a::1/64'),
      announced: [{ cidr: 'fd00:a::/64', mode: 'slaac' as const }],
    }
    const spec: RouterSpec = router({
      interfaces: [onRed, routerPort(blue, 'fd00:b::1/64')],
      gateway: {
        ...routerPort(outer, '172.24.4.10/24', '2001:db8::10/64'),
        nexthop: '172.24.4.1',
        nexthop6: '2001:db8::1',
        snat: true,
      },
    })

    // The router and one guest are on the first host, the other guest of its network on the second.
    const first = partOf(red, 0, [near], [far])
    const second = partOf(red, 1, [far], [near, { mac: onRed.mac, ips: ['fd00:a::1'], router: true }])
    const [a] = await startGuests(drivers[0]!, hosts[0]!, first, guests)
    const [b] = await startGuests(drivers[1]!, hosts[1]!, second, guests)
    const [c] = await startGuests(drivers[0]!, hosts[0]!, { ...blue, ports: [other] }, guests)
    const [d] = await startGuests(drivers[0]!, hosts[0]!, { ...outer, ports: [outside] }, guests)
    for (const guest of [a!, b!, c!, d!]) await wake(guest)
    await c!.exec('ip', 'addr', 'add', 'fd00:b::12/64', 'dev', 'eth0', 'nodad')
    await c!.exec('ip', 'route', 'add', 'default', 'via', 'fd00:b::1')
    await d!.exec('ip', 'addr', 'add', '2001:db8::1/64', 'dev', 'eth0', 'nodad')
    await d!.exec('ip', 'route', 'add', 'fd00:a::/64', 'via', '2001:db8::10')

    await hasAddress(a!, near.ips[0]!)
    await hasAddress(b!, far.ips[0]!)
    expect(await b!.reaches(near.ips[0]!)).toBe(true)
    expect(await b!.reaches('fd00:b::12')).toBe(false)
    await drivers[0]!.ensureRouter(spec)
    const routerAt = slaacAddress('fe80::/64', onRed.mac)
    for (const guest of [a!, b!]) {
      await wake(guest)
      await expect
        .poll(() => guest.exec('ip', '-6', 'route', 'show', 'default'), { timeout: 20_000, interval: 200 })
        .toContain(`via ${routerAt}`)
    }
    expect(await b!.reaches('fd00:b::12')).toBe(true)
    expect(await b!.reaches('2001:db8::1')).toBe(true)
    expect(await d!.reaches(near.ips[0]!)).toBe(true)
    // Whoever asks for the router anew hears that it is one: its way does not go.
    await b!.exec('ip', '-6', 'neigh', 'flush', 'dev', 'eth0')
    expect(await b!.reaches('fd00:b::12')).toBe(true)
    expect(await b!.exec('ip', '-6', 'route', 'show', 'default')).toContain(routerAt)
    // A full packet fits through the overlay in one piece.
    await b!.exec('ping', '-6', '-c', '1', '-W', '2', '-M', 'do', '-s', String(1450 - 48), near.ips[0]!)

    // Nobody pretends to come from another network of the router.
    await drivers[0]!.ensurePort({ ...near, portSecurity: false }, red.mtu)
    await a!.exec('ip', 'addr', 'add', 'fd00:b::99/128', 'dev', 'eth0', 'nodad')
    await expect(a!.exec('ping', '-c', '1', '-W', '1', '-I', 'fd00:b::99', '2001:db8::1')).rejects.toThrow()

    // A route of its own leads elsewhere; without it there is no way.
    await c!.exec('ip', 'addr', 'add', 'fd00:c::1/128', 'dev', 'lo')
    await drivers[0]!.ensurePort({ ...other, ips: ['fd00:b::12', 'fd00:c::1'] }, blue.mtu)
    expect(await b!.reaches('fd00:c::1')).toBe(false)
    const routes = [{ destination: 'fd00:c::/64', nexthop: 'fd00:b::12' }]
    await drivers[0]!.ensureRouter({ ...spec, routes })
    expect(await b!.reaches('fd00:c::1')).toBe(true)
    await drivers[0]!.ensureRouter(spec)
    expect(await b!.reaches('fd00:c::1')).toBe(false)

    // What was broken by hand is repaired: what announces, the table, the addresses, the overlay's answers.
    const netns = `${hosts[0]!.routerNetnsPrefix}${spec.routerId}`
    const all = [
      first,
      { ...structuredClone(blue), ports: [other] },
      { ...structuredClone(outer), ports: [outside] },
    ]
    command('ip', '-n', netns, '-6', 'addr', 'flush', 'scope', 'global')
    command('ip', '-n', hosts[1]!.netns, '-6', 'neigh', 'flush', 'dev', 'vx6201', 'nud', 'permanent')
    await drivers[0]!.reconcile(structuredClone(all), [structuredClone(spec)])
    await drivers[1]!.reconcile([structuredClone(second)])
    await b!.exec('ip', '-6', 'neigh', 'flush', 'dev', 'eth0')
    expect(await b!.reaches('fd00:b::12')).toBe(true)
    expect(await b!.reaches('2001:db8::1')).toBe(true)
    await drivers[0]!.removeRouter(spec.routerId)
    expect(await b!.reaches('fd00:b::12')).toBe(false)
  })
})
