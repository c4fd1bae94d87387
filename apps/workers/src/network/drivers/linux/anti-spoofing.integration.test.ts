import { readFileSync } from 'node:fs'
import { tapName } from '@nephos/core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { NetworkSpec } from '../../driver.ts'
import { type FakeGuest, startGuests } from '../../testing/fake-guest.ts'
import { canMakeNetworks, commandIn, makeTestHost, type TestHost } from '../../testing/linux-host.ts'
import { mac, network, port, withPorts } from '../../testing/specs.ts'
import type { LinuxNetworkDriver } from './driver.ts'

describe.skipIf(!canMakeNetworks())('what a guest may send', () => {
  let host: TestHost
  let driver: LinuxNetworkDriver
  const guests: FakeGuest[] = []

  beforeAll(async () => {
    host = await makeTestHost()
  })
  beforeEach(async () => {
    driver = host.driver()
    await driver.open()
  })
  afterEach(async () => {
    for (const guest of guests.splice(0)) await guest.remove()
    await driver.reconcile([])
    await driver.close()
  })
  afterAll(() => host?.close())

  const start = (spec: NetworkSpec) => startGuests(driver, host, spec, guests)

  const drops = () => {
    const table = commandIn(host.netns, 'nft', 'list', 'table', 'bridge', 'nephos')
    return [...table.matchAll(/counter packets (\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0)
  }

  test('a guest cannot use the MAC, the address or the ARP of another, nor IPv6', async () => {
    const base = network(16)
    const spec = withPorts(base, [port(base, 21), port(base, 22)])
    const [liar, victim] = await start(spec)
    await liar!.dhcp()
    await victim!.dhcp()
    expect(await liar!.reaches('10.0.0.22')).toBe(true)

    await liar!.exec('ip', 'addr', 'add', '10.0.0.50/24', 'dev', 'eth0')
    const before = drops()
    const ping = ['busybox', 'ping', '-c', '1', '-W', '1']
    await expect(liar!.exec(...ping, '-I', '10.0.0.50', '10.0.0.22')).rejects.toThrow()
    expect(drops()).toBeGreaterThan(before)

    // It answers for the address, but nobody hears it.
    const beforeArp = drops()
    expect(await victim!.reaches('10.0.0.50')).toBe(false)
    expect(drops()).toBeGreaterThan(beforeArp)

    await liar!.exec('ip', 'addr', 'del', '10.0.0.50/24', 'dev', 'eth0')
    expect(await liar!.reaches('10.0.0.22')).toBe(true)
    await liar!.exec('ip', 'link', 'set', 'dev', 'eth0', 'address', 'fa:16:3e:aa:aa:aa')
    expect(await liar!.reaches('10.0.0.22')).toBe(false)
    expect(await liar!.dhcp()).toBeNull()
    await liar!.exec('ip', 'link', 'set', 'dev', 'eth0', 'address', mac(21))

    for (const [guest, address] of [
      [liar!, 'fd00::1/64'],
      [victim!, 'fd00::2/64'],
    ] as const) {
      await guest.exec('sh', '-c', 'echo 0 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6')
      await guest.exec('ip', 'addr', 'add', address, 'dev', 'eth0', 'nodad')
    }
    expect(await liar!.reaches('fd00::2')).toBe(false)
    // It is the rules that stop it: without them it passes.
    for (const one of spec.ports) await driver.ensurePort({ ...one, portSecurity: false }, spec.mtu)
    expect(await liar!.reaches('fd00::2')).toBe(true)
  })

  test('a guest cannot be a DHCP server', async () => {
    const base = network(17)
    const spec = withPorts(base, [port(base, 21), port(base, 22)])
    spec.leases = spec.leases.slice(0, 1)
    const [rogue, client] = await start(spec)
    await rogue!.dhcp()
    await rogue!.exec(
      ...['dnsmasq', '--conf-file=/dev/null', '--port=0', '--bind-interfaces', '--interface=eth0'],
      ...['--except-interface=lo', '--dhcp-range=10.0.0.100,10.0.0.150,60s', '--dhcp-authoritative'],
      ...['--leasefile-ro', '--no-ping', `--pid-file=${host.directory}/rogue.pid`, '--user=root'],
    )
    try {
      const before = drops()
      expect(await client!.dhcp()).toBeNull()
      expect(drops()).toBeGreaterThan(before)
    } finally {
      process.kill(Number(readFileSync(`${host.directory}/rogue.pid`, 'utf8')))
    }
  })

  test('a port without port security may send what it likes; one that is switched off passes nothing', async () => {
    const base = network(18)
    const open = port(base, 21, { portSecurity: false })
    const spec = withPorts(base, [open, port(base, 22)])
    const [guest, other] = await start(spec)
    await guest!.dhcp()
    await other!.dhcp()
    await guest!.exec('ip', 'addr', 'add', '10.0.0.60/24', 'dev', 'eth0')
    const ping = ['busybox', 'ping', '-c', '1', '-W', '1', '-I', '10.0.0.60', '10.0.0.22']
    await guest!.exec(...ping)
    expect(await other!.reaches('10.0.0.60')).toBe(true)
    // Secured while it runs: what it may send changes at once.
    await driver.ensurePort({ ...open, portSecurity: true }, spec.mtu)
    await expect(guest!.exec(...ping)).rejects.toThrow()
    expect(await guest!.reaches('10.0.0.22')).toBe(true)
    await driver.ensurePort({ ...open, adminStateUp: false }, spec.mtu)
    expect(await guest!.reaches('10.0.0.22')).toBe(false)
  })

  test('rules changed behind its back do not stop a port from being wired or removed', async () => {
    const base = network(22)
    const [one, two] = [port(base, 21), port(base, 22)]
    await start(withPorts(base, [one]))
    // As every worker begins.
    await driver.reconcile([withPorts(base, [one])])
    commandIn(host.netns, 'nft', 'flush', 'ruleset')
    const [guest] = await start(withPorts(base, [two]))
    expect((await guest!.dhcp())!.ip).toBe('10.0.0.22')
    commandIn(host.netns, 'nft', 'flush', 'ruleset')
    await driver.removePort(one.portId)
    expect(commandIn(host.netns, 'nft', 'list', 'table', 'bridge', 'nephos')).not.toContain(
      tapName(one.portId),
    )
    await driver.removePort(one.portId)
  })
})
