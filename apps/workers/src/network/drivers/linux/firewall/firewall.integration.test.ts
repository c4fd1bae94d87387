import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { NetworkSpec, PortSpec } from '../../../driver.ts'
import { type FakeGuest, plugGuest, startGuests } from '../../../testing/fake-guest.ts'
import { allow, everythingOut, firewall, group, tcp } from '../../../testing/groups.ts'
import {
  canMakeNetworks,
  commandIn,
  makeTestHost,
  makeTestLab,
  type TestHost,
} from '../../../testing/linux-host.ts'
import { network, port, withPorts } from '../../../testing/specs.ts'
import { connects, pings, serve, talk } from '../../../testing/talk.ts'
import type { LinuxNetworkDriver } from '../driver.ts'

const ruleset = ({ netns }: TestHost) => commandIn(netns, 'nft', 'list', 'table', 'bridge', 'nephos_groups')

describe.skipIf(!canMakeNetworks())('security groups', { timeout: 120_000 }, () => {
  let host: TestHost
  let driver: LinuxNetworkDriver
  const guests: FakeGuest[] = []
  const ends: (() => void)[] = []

  beforeAll(async () => {
    host = await makeTestHost()
  })
  beforeEach(async () => {
    driver = host.driver()
    await driver.open()
  })
  afterEach(async () => {
    for (const end of ends.splice(0)) end()
    for (const guest of guests.splice(0)) await guest.remove()
    await driver.setFirewall(firewall([]))
    await driver.reconcile([])
    await driver.close()
  })
  afterAll(() => host?.close())

  const start = async (spec: NetworkSpec) => {
    const started = await startGuests(driver, host, spec, guests)
    for (const [index, guest] of started.entries())
      await guest.exec('ip', 'addr', 'add', `${spec.ports[index]!.ips[0]}/24`, 'dev', 'eth0')
    return started as [FakeGuest, FakeGuest, ...FakeGuest[]]
  }
  const server = async (guest: FakeGuest, protocol: 'tcp' | 'udp', ...where: [number, number?]) => {
    ends.push(await serve(guest, protocol, ...where))
  }
  const conversation = async (guest: FakeGuest, protocol: 'tcp' | 'udp', to: string, at: number) => {
    const made = await talk(guest, protocol, to, at)
    if (made) ends.push(made.end)
    return made
  }

  test('let through what a rule names, by protocol, port, kind of ICMP and address, and nothing else', async () => {
    const clients = group([everythingOut])
    const servers = group([everythingOut])
    const tell = (...rules: ReturnType<typeof allow>[]) =>
      driver.setFirewall(firewall([clients, { ...servers, rules: [everythingOut, ...rules] }]))
    await tell()
    const base = network(5001)
    const [client, target] = await start(
      withPorts(base, [
        port(base, 11, { securityGroups: [clients.groupId] }),
        port(base, 12, { securityGroups: [servers.groupId] }),
      ]),
    )
    const ip = '10.0.0.12'
    await server(target, 'tcp', 80)
    await server(target, 'tcp', 81)
    await server(target, 'udp', 53)

    // Without a rule nothing comes in but what the host itself serves; out goes everything.
    expect(await client.dhcp()).toMatchObject({ ip: '10.0.0.11' })
    expect(await target.dhcp()).toMatchObject({ ip })
    expect([await connects(client, ip, 80), await pings(client, ip)]).toEqual([false, false])
    expect(await pings(target, '10.0.0.2')).toBe(true)

    await tell(tcp(80))
    expect([await connects(client, ip, 80), await connects(client, ip, 81)]).toEqual([true, false])
    await tell(allow({ protocol: 6, portMin: 81, portMax: 90, cidr: '10.0.0.0/28' }))
    expect([await connects(client, ip, 80), await connects(client, ip, 81)]).toEqual([false, true])
    await tell(tcp(80, { cidr: '10.0.0.12/32' }))
    expect(await connects(client, ip, 80)).toBe(false)

    await tell(allow({ protocol: 17, portMin: 53, portMax: 53 }))
    const udp = await conversation(client, 'udp', ip, 53)
    expect(await udp!.says()).toBe(true)
    await tell(allow({ protocol: 1, portMin: 8, portMax: 0 }))
    expect(await pings(client, ip)).toBe(true)
    await tell(allow({ protocol: 1, portMin: 13 }))
    expect(await pings(client, ip)).toBe(false)
    await tell(allow({ protocol: 1 }))
    expect(await pings(client, ip)).toBe(true)
    await tell(allow())
    expect([await connects(client, ip, 80), await pings(client, ip)]).toEqual([true, true])
  })

  test('hold what a guest sends to their rules, too, but never what the host serves', async () => {
    const narrow = group([tcp(80, { direction: 'egress', cidr: '10.0.0.22/32' })])
    const open = group([allow(), everythingOut])
    await driver.setFirewall(firewall([narrow, open]))
    const base = network(5002)
    const [sender, first, second] = await start(
      withPorts(base, [
        port(base, 21, { securityGroups: [narrow.groupId] }),
        port(base, 22, { securityGroups: [open.groupId] }),
        port(base, 23, { securityGroups: [open.groupId] }),
      ]),
    )
    for (const guest of [first, second!]) {
      await server(guest, 'tcp', 80)
      await server(guest, 'tcp', 81)
    }
    expect(await sender.dhcp()).toMatchObject({ ip: '10.0.0.21' })
    expect(await connects(sender, '10.0.0.22', 80)).toBe(true)
    expect(await connects(sender, '10.0.0.22', 81)).toBe(false)
    expect(await connects(sender, '10.0.0.23', 80)).toBe(false)
    expect(await pings(sender, '10.0.0.22')).toBe(false)
  })

  test('follow the members of a group that a rule names: one that leaves is cut', async () => {
    const members = group([everythingOut])
    const servers = group([everythingOut, tcp(80, { groupId: members.groupId })])
    const base = network(5003)
    const other = network(5004, {
      subnets: [
        { ...base.subnets[0]!, cidr: '10.9.0.0/24', gatewayIp: null, dhcpIp: null, enableDhcp: false },
      ],
    })
    const tell = (...addresses: [{ networkId: string | null }, string][]) =>
      driver.setFirewall(
        firewall([members, servers], {
          [members.groupId]: addresses.map(([{ networkId }, address]) => ({ networkId, address })),
        }),
      )
    await tell()
    const [client, target] = await start(
      withPorts(base, [
        port(base, 31, { securityGroups: [members.groupId] }),
        port(base, 32, { securityGroups: [servers.groupId] }),
      ]),
    )
    await server(target, 'tcp', 80)
    expect(await connects(client, '10.0.0.32', 80)).toBe(false)
    await tell([base, '10.0.0.31'])
    const before = ruleset(host)
    const going = await conversation(client, 'tcp', '10.0.0.32', 80)
    expect(await going!.says()).toBe(true)
    await tell([base, '10.0.0.31'], [base, '10.0.0.40'])
    expect(await going!.says()).toBe(true)
    // Only elements of the set are told.
    expect(ruleset(host).replaceAll(/elements = \{[^}]*\}|packets \d+ bytes \d+/g, '')).toBe(
      before.replaceAll(/elements = \{[^}]*\}|packets \d+ bytes \d+/g, ''),
    )
    await tell([base, '10.0.0.40'])
    expect(await going!.says()).toBe(false)
    expect(await connects(client, '10.0.0.32', 80)).toBe(false)

    // A member elsewhere with this guest's address is somebody else; a range counts as well as an address.
    await tell([other, '10.0.0.31'])
    expect(await connects(client, '10.0.0.32', 80)).toBe(false)
    await tell([base, '10.0.0.0/27'], [base, '10.0.0.16/28'], [base, '10.0.0.31'])
    expect(await connects(client, '10.0.0.32', 80)).toBe(true)
    await tell([base, '10.0.0.16/29'])
    expect(await connects(client, '10.0.0.32', 80)).toBe(false)

    // Addresses of an address group count wherever they are; one that leaves it is cut, too.
    const anywhere = { networkId: null }
    await tell([anywhere, '0.0.0.0/0'], [anywhere, '2001:db8::/32'])
    expect(await connects(client, '10.0.0.32', 80)).toBe(true)
    await tell([anywhere, '10.0.0.31'], [anywhere, '192.0.2.0/24'])
    const named = await conversation(client, 'tcp', '10.0.0.32', 80)
    expect(await named!.says()).toBe(true)
    await tell([anywhere, '192.0.2.0/24'])
    expect(await named!.says()).toBe(false)
  })

  test('cut the connections that only a removed rule let through, and no others', async () => {
    const clients = group([everythingOut])
    const servers = group([
      everythingOut,
      tcp(80),
      tcp(81),
      allow({ protocol: 17, portMin: 53, portMax: 53 }),
    ])
    await driver.setFirewall(firewall([clients, servers]))
    const base = network(5005)
    const served = port(base, 42, { securityGroups: [servers.groupId] })
    const [client, target] = await start(
      withPorts(base, [port(base, 41, { securityGroups: [clients.groupId] }), served]),
    )
    await server(target, 'tcp', 80)
    await server(target, 'tcp', 81, 50)
    await server(target, 'udp', 53)
    const [web, chatter, dns] = await Promise.all([
      conversation(client, 'tcp', '10.0.0.42', 80),
      conversation(client, 'tcp', '10.0.0.42', 81),
      conversation(client, 'udp', '10.0.0.42', 53),
    ])
    for (const one of [web, chatter, dns]) expect(await one!.says()).toBe(true)

    // The chattering server could take its connection up again by itself: it may not.
    await driver.setFirewall(firewall([clients, { ...servers, rules: [everythingOut, tcp(80)] }]))
    expect(await web!.says()).toBe(true)
    expect(await chatter!.says()).toBe(false)
    const heard = chatter!.heard()
    expect(await dns!.says()).toBe(false)
    expect(chatter!.heard()).toBe(heard)
    // The port leaves the group.
    await driver.ensurePort({ ...served, securityGroups: [] }, 1450)
    expect(await web!.says()).toBe(false)
  })

  test('without memory let answers through by rules of their own only', async () => {
    const servers = group([tcp(80)], { stateful: false })
    const clients = group([everythingOut, allow()])
    const tell = (...rules: ReturnType<typeof allow>[]) =>
      driver.setFirewall(firewall([clients, { ...servers, rules: [tcp(80), ...rules] }]))
    await tell()
    const base = network(5006)
    const [client, target] = await start(
      withPorts(base, [
        port(base, 51, { securityGroups: [clients.groupId] }),
        port(base, 52, { securityGroups: [servers.groupId] }),
      ]),
    )
    await server(target, 'tcp', 80)
    expect(await connects(client, '10.0.0.52', 80)).toBe(false)
    await tell(allow({ direction: 'egress', protocol: 6, portMin: 1024, portMax: 65_535 }))
    const web = await conversation(client, 'tcp', '10.0.0.52', 80)
    expect(await web!.says()).toBe(true)
    await tell()
    expect(await web!.says()).toBe(false)
  })

  test('leave a port without port security alone, and drop everything for one in no group', async () => {
    const base = network(5007)
    const [free, bare, tame] = [
      port(base, 61, { portSecurity: false, securityGroups: null }),
      port(base, 62, { securityGroups: [] }),
      port(base, 63, { portSecurity: false }),
    ]
    const [a, b, c] = await start(withPorts(base, [free, bare, tame]))
    expect(await pings(a, '10.0.0.63')).toBe(true)
    expect(await pings(a, '10.0.0.62')).toBe(false)
    expect(await pings(b, '10.0.0.61')).toBe(false)
    expect(await b.dhcp()).toMatchObject({ ip: '10.0.0.62' })
    await driver.ensurePort({ ...tame, portSecurity: true, securityGroups: [] }, 1450)
    expect(await pings(a, '10.0.0.63')).toBe(false)
    expect(await pings(c!, '10.0.0.61')).toBe(false)
  })

  test('keep networks with the same addresses apart', async () => {
    const open = group([everythingOut, tcp(80)])
    const shut = group([everythingOut])
    await driver.setFirewall(firewall([open, shut]))
    const [red, blue] = [network(5008), network(5009)]
    const place = (base: NetworkSpec, servers: string) =>
      withPorts(base, [
        port(base, 71, { securityGroups: [shut.groupId] }),
        port(base, 72, { securityGroups: [servers] }),
      ])
    const [redClient, redServer] = await start(place(red, open.groupId))
    const [blueClient, blueServer] = await start(place(blue, shut.groupId))
    await server(redServer, 'tcp', 80)
    await server(blueServer, 'tcp', 80)
    const talking = await conversation(redClient, 'tcp', '10.0.0.72', 80)
    expect(await talking!.says()).toBe(true)
    expect(await connects(blueClient, '10.0.0.72', 80)).toBe(false)
    // What ends in one network goes on in the other.
    await driver.setFirewall(firewall([open, { ...shut, rules: [] }]))
    expect(await connects(redClient, '10.0.0.72', 80)).toBe(false)
  })

  test('let a pair of addresses that is allowed be sent from and to', async () => {
    const base = network(5010)
    const open = group([everythingOut, allow()])
    await driver.setFirewall(firewall([open]))
    const groups = { securityGroups: [open.groupId] }
    const plain = port(base, 81, groups)
    const [a, b] = await start(withPorts(base, [plain, port(base, 82, groups)]))
    await a.exec('ip', 'addr', 'add', '10.0.0.200/24', 'dev', 'eth0')
    const fromPair = () =>
      b.exec('busybox', 'ping', '-c', '1', '-W', '1', '10.0.0.200').then(
        () => true,
        () => false,
      )
    expect(await fromPair()).toBe(false)
    // The asker repeats an unanswered ARP question once a second, so an answer may come one ping later.
    const pair = { mac: plain.mac, cidr: '10.0.0.192/26' }
    await driver.ensurePort({ ...plain, allowedPairs: [pair] }, 1450)
    await expect.poll(fromPair, { timeout: 10_000 }).toBe(true)
    await driver.ensurePort({ ...plain, allowedPairs: [{ ...pair, cidr: '10.0.0.201/32' }] }, 1450)
    expect(await fromPair()).toBe(false)
    await driver.ensurePort(plain, 1450)
    expect(commandIn(host.netns, 'nft', 'list', 'table', 'bridge', 'nephos')).not.toContain('pairs_tap')
  })

  test('are found again by a new worker with their connections, and repaired when somebody deletes them', async () => {
    const open = group([everythingOut, tcp(80)])
    await driver.setFirewall(firewall([open]))
    const base = network(5011)
    const groups = { securityGroups: [open.groupId] }
    const spec = withPorts(base, [port(base, 91, groups), port(base, 92, groups)])
    const [client, target] = await start(spec)
    await server(target, 'tcp', 80)
    const talking = await conversation(client, 'tcp', '10.0.0.92', 80)
    expect(await talking!.says()).toBe(true)
    await driver.close()
    driver = host.driver()
    await driver.open()
    await driver.setFirewall(firewall([open]))
    await driver.reconcile([structuredClone(spec)])
    expect(await talking!.says()).toBe(true)
    expect(await connects(client, '10.0.0.92', 80)).toBe(true)

    for (const family of ['bridge', 'inet']) {
      commandIn(host.netns, 'nft', 'delete', 'table', family, 'nephos_groups')
      await driver.reconcile([structuredClone(spec)])
      expect(await talking!.says()).toBe(true)
      expect(await pings(client, '10.0.0.92')).toBe(false)
    }
    // What was taken away while no worker looked is cut by the next one.
    await driver.close()
    driver = host.driver()
    await driver.open()
    await driver.setFirewall(firewall([{ ...open, rules: [everythingOut] }]))
    await driver.reconcile([structuredClone(spec)])
    expect(await talking!.says()).toBe(false)
    // A chain that somebody emptied by hand does not stop the next change.
    commandIn(host.netns, 'nft', 'delete', 'table', 'bridge', 'nephos_groups')
    await driver.setFirewall(firewall([open]))
    expect(await connects(client, '10.0.0.92', 80)).toBe(true)
  })

  test('a guest that has moved here goes on talking, also when it only listens', async () => {
    const clients = group([everythingOut])
    await driver.setFirewall(firewall([clients]))
    const base = network(5012)
    const moving: PortSpec = port(base, 101, { securityGroups: [clients.groupId] })
    // The other side is held to nothing here, as one on another host is.
    const [client, target] = await start(withPorts(base, [moving, port(base, 102)]))
    await server(target, 'tcp', 80, 100)
    const listening = await conversation(client, 'tcp', '10.0.0.102', 80)
    expect(await listening!.says()).toBe(true)
    const goesOn = async () => {
      const heard = listening!.heard()
      await expect.poll(() => listening!.heard(), { timeout: 10_000 }).toBeGreaterThan(heard + 3)
    }
    // As on the host that it comes to: nothing is known of its connections.
    await driver.ensurePort({ ...moving, standby: true }, 1450)
    commandIn(host.netns, 'conntrack', '-F')
    await goesOn()
    commandIn(host.netns, 'conntrack', '-F')
    await driver.arrived([moving.portId])
    await goesOn()
    expect(await listening!.says()).toBe(true)
    // Nobody begins a connection that way.
    await server(client, 'tcp', 80)
    expect(await connects(target, '10.0.0.101', 80)).toBe(false)
    // A rule that is taken away ends the time of grace and the connection.
    await driver.setFirewall(firewall([{ ...clients, rules: [] }]))
    expect(await listening!.says()).toBe(false)
  })

  test('one that comes to an address inherits no connection of whoever had it before', async () => {
    const open = group([everythingOut])
    const servers = group([everythingOut, tcp(80)])
    await driver.setFirewall(firewall([open, servers]))
    const base = network(5013)
    const old = port(base, 111, { securityGroups: [open.groupId] })
    const heir = port(base, 111, { securityGroups: [open.groupId] })
    const spec = withPorts(base, [old, port(base, 112, { securityGroups: [servers.groupId] })])
    const [first, target] = await start(spec)
    await server(target, 'tcp', 80)
    const talking = await conversation(first, 'tcp', '10.0.0.112', 80)
    expect(await talking!.says()).toBe(true)
    expect(commandIn(host.netns, 'conntrack', '-L', '-s', '10.0.0.111')).toContain('dport=80')
    await driver.removePort(old.portId)
    guests.push(await plugGuest(host.netns, heir.portId, heir.mac))
    await driver.ensurePort(heir, 1450)
    expect(commandIn(host.netns, 'conntrack', '-L', '-s', '10.0.0.111')).not.toContain('dport=80')
  })
})

describe.skipIf(!canMakeNetworks())('security groups on two hosts', { timeout: 120_000 }, () => {
  let hosts: TestHost[]
  let drivers: LinuxNetworkDriver[]
  const guests: FakeGuest[] = []
  const ends: (() => void)[] = []
  beforeAll(async () => {
    hosts = await makeTestLab(2)
    drivers = hosts.map((host) => host.driver())
    await Promise.all(drivers.map((driver) => driver.open()))
  })
  afterAll(async () => {
    for (const end of ends) end()
    for (const guest of guests) await guest.remove()
    await Promise.all(drivers.map((driver) => driver.close()))
    for (const host of hosts) await host.close()
  })

  test('the sender is held to its rules on its host, the receiver on the other', async () => {
    const clients = group([everythingOut])
    const servers = group([everythingOut, tcp(80, { groupId: clients.groupId })])
    const base = network(5101)
    const ports = [
      port(base, 121, { securityGroups: [clients.groupId] }),
      port(base, 122, { securityGroups: [servers.groupId] }),
    ]
    const tell = (one = clients, two = servers) =>
      Promise.all(
        drivers.map((driver) =>
          driver.setFirewall(
            firewall([one, two], {
              [clients.groupId]: [{ networkId: base.networkId, address: '10.0.0.121' }],
            }),
          ),
        ),
      )
    await tell()
    for (const [place, host] of hosts.entries()) {
      const [own, other] = [ports[place]!, ports[1 - place]!]
      const underlayIp = hosts[1 - place]!.underlayIp!
      const overlay = { peers: [underlayIp], remotes: [{ mac: other.mac, ips: other.ips, underlayIp }] }
      const [guest] = await startGuests(drivers[place]!, host, { ...withPorts(base, [own]), overlay }, guests)
      expect(await guest!.dhcp()).toMatchObject({ ip: own.ips[0] })
    }
    const [client, target] = guests as [FakeGuest, FakeGuest]
    ends.push(await serve(target, 'tcp', 80), await serve(target, 'tcp', 81), await serve(client, 'tcp', 80))
    const web = await talk(client, 'tcp', '10.0.0.122', 80)
    ends.push(web!.end)
    expect(await web!.says()).toBe(true)
    expect(await connects(client, '10.0.0.122', 81)).toBe(false)
    expect(await connects(target, '10.0.0.121', 80)).toBe(false)
    await tell({ ...clients, rules: [] })
    expect(await web!.says()).toBe(false)
    await tell()
    expect(await connects(client, '10.0.0.122', 80)).toBe(true)
    await tell(clients, { ...servers, rules: [] })
    expect(await connects(client, '10.0.0.122', 80)).toBe(false)
  })
})
