import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { slaacAddress } from '@nephos/core/ipv6'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { NetworkSpec, PortSpec } from '../../../driver.ts'
import { listenOnSocket } from '../../../metadata/listen.ts'
import { type FakeGuest, startGuests } from '../../../testing/fake-guest.ts'
import {
  addresses6,
  dhcp6,
  get6,
  hasAddress,
  inFull,
  subnet6,
  wake,
  withSubnets,
} from '../../../testing/guest6.ts'
import { canMakeNetworks, commandIn, makeTestHost, type TestHost } from '../../../testing/linux-host.ts'
import { mac, network, port, withPorts } from '../../../testing/specs.ts'
import type { LinuxNetworkDriver } from '../driver.ts'
import { findSystemUser } from '../files.ts'

describe.skipIf(!canMakeNetworks())('IPv6 on a Linux host', { timeout: 120_000 }, () => {
  let host: TestHost
  let driver: LinuxNetworkDriver
  let service: Server
  const guests: FakeGuest[] = []
  const ends: (() => void)[] = []

  beforeAll(async () => {
    host = await makeTestHost()
    service = createServer((request, response) => response.end(String(request.headers['x-forwarded-for'])))
    const proxy = await findSystemUser(['haproxy', 'nobody'])
    await listenOnSocket(service, host.metadataSocket, proxy!.gid)
  })
  beforeEach(async () => {
    driver = host.driver({ watchMs: 200 })
    await driver.open()
  })
  afterEach(async () => {
    for (const end of ends.splice(0)) end()
    for (const guest of guests.splice(0)) await guest.remove()
    await driver.reconcile([])
    await driver.close()
  })
  afterAll(async () => {
    service?.close()
    await host?.close()
  })

  const start = async (spec: NetworkSpec) => {
    const started = await startGuests(driver, host, spec, guests)
    for (const guest of started) await wake(guest)
    return started as [FakeGuest, FakeGuest, ...FakeGuest[]]
  }
  const dropped = () => {
    const table = commandIn(host.netns, 'nft', 'list', 'table', 'bridge', 'nephos')
    return [...table.matchAll(/counter packets (\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0)
  }
  /** A guest that plays the router and the DHCP server of its network. */
  const rogue = async (guest: FakeGuest) => {
    const pidFile = `${host.directory}/rogue.pid`
    await guest.exec('ip', 'addr', 'add', 'fd00:bad::1/64', 'dev', 'eth0', 'nodad')
    await guest.exec(
      ...['dnsmasq', '--conf-file=/dev/null', '--port=0', '--bind-interfaces', '--interface=eth0'],
      ...['--except-interface=lo', '--dhcp-range=fd00:bad::100,fd00:bad::200,slaac,64,120s', '--enable-ra'],
      ...['--leasefile-ro', `--pid-file=${pidFile}`, '--user=root'],
    )
    ends.push(() => process.kill(Number(readFileSync(pidFile, 'utf8'))))
  }

  test('a guest makes its address of what is announced, reaches its neighbours and the metadata, and nobody is its router', async () => {
    const base = withSubnets(network(6001), subnet6('fd00:a::/64', 'slaac'))
    const own = (last: number): PortSpec =>
      port(base, last, { ips: [`10.0.0.${last}`, slaacAddress('fd00:a::/64', mac(last))] })
    const spec = withPorts(base, [own(21), own(22)])
    const [first, second] = await start(spec)
    await hasAddress(first, slaacAddress('fd00:a::/64', mac(21)))
    await hasAddress(second, slaacAddress('fd00:a::/64', mac(22)))
    expect(await first.reaches(slaacAddress('fd00:a::/64', mac(22)))).toBe(true)
    expect(await first.exec('ip', '-6', 'route')).not.toContain('default')
    expect(await first.exec('cat', '/proc/sys/net/ipv6/conf/eth0/mtu')).toBe('1450\n')
    // Both families at once: neither is in the way of the other.
    expect(await first.dhcp()).toMatchObject({ ip: '10.0.0.21', dns: '192.0.2.53 192.0.2.54' })
    await expect
      .poll(() => get6(first, '/openstack'), { timeout: 20_000 })
      .toEqual({ status: 200, body: slaacAddress('fe80::/64', mac(21)) })

    // What a person or an accident takes away comes back.
    const netns = `${host.dhcpNetnsPrefix}6001`
    commandIn(netns, 'ip', '-6', 'addr', 'flush', 'dev', 'dhcp0')
    await driver.reconcile([structuredClone(spec)])
    await second.exec('ip', '-6', 'addr', 'flush', 'dev', 'eth0', 'scope', 'global')
    await wake(second)
    await hasAddress(second, slaacAddress('fd00:a::/64', mac(22)))
    await expect.poll(async () => (await get6(second, '/')).status, { timeout: 20_000 }).toBe(200)
    // A subnet that goes takes what it had along.
    await driver.reconcile([{ ...structuredClone(spec), subnets: spec.subnets.slice(0, 1) }])
    expect(commandIn(netns, 'ip', '-6', 'addr')).not.toContain('fd00:a::2')
    expect(await first.dhcp()).toMatchObject({ ip: '10.0.0.21' })
  })

  test('a guest cannot use an address of another, nor say that it has it, nor be a router or a server', async () => {
    const base = withSubnets(network(6002), subnet6('fd00:a::/64', 'slaac'))
    const spec = withPorts(
      base,
      [21, 22].map((last) => port(base, last, { ips: [slaacAddress('fd00:a::/64', mac(last))] })),
    )
    const [liar, victim] = await start(spec)
    for (const [guest, last] of [
      [liar, 21],
      [victim, 22],
    ] as const)
      await hasAddress(guest, slaacAddress('fd00:a::/64', mac(last)))
    const ping = ['busybox', 'ping', '-6', '-c', '1', '-W', '1']
    await liar.exec('ip', 'addr', 'add', 'fd00:a::66/64', 'dev', 'eth0', 'nodad')
    let before = dropped()
    await expect(
      liar.exec(...ping, '-I', 'fd00:a::66', slaacAddress('fd00:a::/64', mac(22))),
    ).rejects.toThrow()
    expect(dropped()).toBeGreaterThan(before)
    // It says where the address is, and nobody hears it.
    before = dropped()
    expect(await victim.reaches('fd00:a::66')).toBe(false)
    expect(dropped()).toBeGreaterThan(before)
    // It claims that an address is its own before another has it: the other one gets it all the same.
    await liar.exec('sh', '-c', 'echo 1 >/proc/sys/net/ipv6/conf/eth0/accept_dad')
    before = dropped()
    await liar.exec('ip', 'addr', 'add', 'fd00:a::67/64', 'dev', 'eth0')
    await expect.poll(dropped, { timeout: 10_000 }).toBeGreaterThan(before)

    before = dropped()
    await rogue(liar)
    await wake(victim)
    await hasAddress(victim, slaacAddress('fd00:a::/64', mac(22)))
    await expect.poll(dropped, { timeout: 20_000 }).toBeGreaterThan(before)
    expect(await dhcp6(victim, mac(22))).toBeNull()
    expect(await addresses6(victim)).not.toContain('fd00:bad:')
    expect(await victim.exec('ip', '-6', 'route')).not.toContain('default')

    // What it is allowed besides its own it may use, and say.
    const [allowed] = spec.ports
    const pair = { mac: mac(21), cidr: 'fd00:a::60/124' }
    await driver.ensurePort({ ...allowed!, allowedPairs: [pair] }, spec.mtu)
    expect(await victim.reaches('fd00:a::66')).toBe(true)
    await driver.ensurePort({ ...allowed!, allowedPairs: [{ ...pair, cidr: 'fd00:a::67' }] }, spec.mtu)
    await victim.exec('ip', '-6', 'neigh', 'flush', 'dev', 'eth0')
    expect(await victim.reaches('fd00:a::66')).toBe(false)
    expect(await victim.reaches('fd00:a::67')).toBe(true)
    // Without port security it is the rogue that it was.
    await driver.ensurePort({ ...allowed!, portSecurity: false }, spec.mtu)
    await wake(victim)
    await expect.poll(() => addresses6(victim), { timeout: 20_000 }).toContain('fd00:bad:')
  })

  test('DHCPv6 gives each port its own address and name servers, at once also when it was another’s', async () => {
    const base = withSubnets(
      network(6003),
      subnet6('fd00:b::/64', 'dhcpv6-stateful'),
      subnet6('fd00:c::/64', 'dhcpv6-stateless'),
    )
    const own = (last: number, ip: string): PortSpec =>
      port(base, last, { ips: [`10.0.0.${last}`, ip, slaacAddress('fd00:c::/64', mac(last))] })
    const spec = withPorts(base, [own(21, 'fd00:b::21'), own(22, 'fd00:b::22')])
    const [first, second] = await start(spec)
    await hasAddress(first, slaacAddress('fd00:c::/64', mac(21)))
    // Nobody makes itself an address where addresses are given.
    expect(await addresses6(first)).not.toContain('fd00:b:')
    expect(await dhcp6(first, mac(21))).toEqual({ ip: inFull('fd00:b::21'), dns: [inFull('fd00:b::53')] })
    expect(await dhcp6(second, mac(22))).toMatchObject({ ip: inFull('fd00:b::22') })
    expect((await dhcp6(second, mac(22), 'information'))!.dns).toContain(inFull('fd00:c::53'))
    expect(await second.dhcp()).toMatchObject({ ip: '10.0.0.22' })

    const [gone, heir] = spec.ports as [PortSpec, PortSpec]
    const left = withPorts(base, [{ ...own(22, 'fd00:b::21'), portId: heir.portId }])
    await driver.removePort(gone.portId)
    await driver.ensureNetwork(left)
    await driver.ensurePort(left.ports[0]!, left.mtu)
    await expect
      .poll(async () => (await dhcp6(second, mac(22)))?.ip, { timeout: 20_000 })
      .toBe(inFull('fd00:b::21'))
  })
})
