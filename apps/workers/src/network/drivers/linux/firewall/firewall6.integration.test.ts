import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { SecurityRuleSpec } from '../../../driver.ts'
import { type FakeGuest, startGuests } from '../../../testing/fake-guest.ts'
import { allow, everythingOut, firewall, group, tcp } from '../../../testing/groups.ts'
import { addresses6, subnet6, withSubnets } from '../../../testing/guest6.ts'
import { canMakeNetworks, makeTestHost, type TestHost } from '../../../testing/linux-host.ts'
import { network, port, withPorts } from '../../../testing/specs.ts'
import { connects, serve, talk } from '../../../testing/talk.ts'
import type { LinuxNetworkDriver } from '../driver.ts'

const six = { ethertype: 'IPv6' } as const

describe.skipIf(!canMakeNetworks())('security groups and IPv6', { timeout: 120_000 }, () => {
  let host: TestHost
  let driver: LinuxNetworkDriver
  const guests: FakeGuest[] = []
  const ends: (() => void)[] = []

  beforeAll(async () => {
    host = await makeTestHost()
    driver = host.driver()
    await driver.open()
  })
  afterEach(async () => {
    for (const end of ends.splice(0)) end()
    for (const guest of guests.splice(0)) await guest.remove()
    await driver.setFirewall(firewall([]))
    await driver.reconcile([])
  })
  afterAll(async () => {
    await driver?.close()
    await host?.close()
  })

  test('rules of IPv6 open, close and cut, by protocol, address and group; rules of IPv4 do not', async () => {
    const clients = group([allow({ ...six, direction: 'egress' })])
    const servers = group([])
    const base = withSubnets(network(6101), subnet6('fd00:a::/64', null))
    const tell = (rules: SecurityRuleSpec[], members: string[] = []) =>
      driver.setFirewall(
        firewall([clients, { ...servers, rules: [everythingOut, ...rules] }], {
          [clients.groupId]: members.map((address) => ({ networkId: base.networkId, address })),
        }),
      )
    await tell([])
    const spec = withPorts(base, [
      port(base, 11, { ips: ['10.0.0.11', 'fd00:a::11'], securityGroups: [clients.groupId] }),
      port(base, 12, { ips: ['10.0.0.12', 'fd00:a::12'], securityGroups: [servers.groupId] }),
    ])
    const [client, target] = (await startGuests(driver, host, spec, guests)) as [FakeGuest, FakeGuest]
    for (const [guest, last] of [
      [client, 11],
      [target, 12],
    ] as const) {
      await guest.exec('sh', '-c', 'echo 0 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6')
      await guest.exec('ip', 'addr', 'add', `fd00:a::${last}/64`, 'dev', 'eth0', 'nodad')
    }
    expect(await addresses6(client)).toContain('fd00:a::11')
    ends.push(await serve(target, 'tcp', 80), await serve(target, 'tcp', 81))
    const ip = 'fd00:a::12'
    const tries = async () => [await connects(client, ip, 80), await client.reaches(ip)]

    expect(await tries()).toEqual([false, false])
    await tell([tcp(80), allow()])
    expect(await tries()).toEqual([false, false])
    await tell([tcp(80, six), allow({ ...six, protocol: 58, portMin: 128, portMax: 0 })])
    expect(await tries()).toEqual([true, true])
    expect(await connects(client, ip, 81)).toBe(false)
    await tell([allow({ ...six, cidr: 'fd00:a::10/124' })])
    expect(await connects(client, ip, 81)).toBe(true)
    await tell([allow({ ...six, cidr: 'fd00:a::20/124' })])
    expect(await connects(client, ip, 81)).toBe(false)

    // Who is in a group that a rule names gets in, and out again with what was established.
    const named = [allow({ ...six, groupId: clients.groupId })]
    await tell(named)
    expect(await connects(client, ip, 80)).toBe(false)
    await tell(named, ['fd00:a::11', '10.0.0.11'])
    const flow = (await talk(client, 'tcp', ip, 80))!
    ends.push(flow.end)
    expect(await flow.says()).toBe(true)
    await tell([...named, tcp(22, six)], ['fd00:a::11'])
    expect(await flow.says()).toBe(true)
    await tell(named, ['fd00:a::13', 'fd00:b::/64'])
    expect(await flow.says()).toBe(false)
    await tell(named, ['fd00:a::/64'])
    expect(await connects(client, ip, 80)).toBe(true)
  })
})
