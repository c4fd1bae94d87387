import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { NetworkSpec, PortSpec } from '../../driver.ts'
import { type FakeGuest, startGuests } from '../../testing/fake-guest.ts'
import { canMakeNetworks, command, commandIn, makeTestLab, type TestHost } from '../../testing/linux-host.ts'
import { network, port, withPorts } from '../../testing/specs.ts'
import type { LinuxNetworkDriver } from './driver.ts'

/** The network as one host has it: its own ports, and what the other hosts have. */
function partOf(
  base: NetworkSpec,
  place: number,
  hosts: readonly { host: TestHost; ports: PortSpec[] }[],
): NetworkSpec {
  const others = hosts.filter((_, index) => index !== place)
  return {
    ...withPorts(base, hosts[place]!.ports),
    overlay: {
      peers: others.map(({ host }) => host.underlayIp!),
      remotes: others.flatMap(({ host, ports }) =>
        ports.map(({ mac, ips }) => ({ mac, ips, underlayIp: host.underlayIp! })),
      ),
    },
  }
}

/** What is known of others; a device also lists its own address. */
const fdbOf = ({ netns }: TestHost, segmentId: number) =>
  command('bridge', '-n', netns, 'fdb', 'show', 'dev', `vx${segmentId}`)
    .split('\n')
    .filter((line) => line.includes(' dst ') || line.includes(' static'))
    .sort()
    .join('\n')

describe.skipIf(!canMakeNetworks())('a network on several hosts', { timeout: 60_000 }, () => {
  let hosts: TestHost[]
  let drivers: LinuxNetworkDriver[]
  const guests: FakeGuest[] = []

  beforeAll(async () => {
    hosts = await makeTestLab(3)
  })
  beforeEach(async () => {
    drivers = hosts.map((host) => host.driver())
    // As workers do that start at once: all of them find no bridge.
    await Promise.all(drivers.map((driver) => driver.open()))
  })
  afterEach(async () => {
    for (const guest of guests.splice(0)) await guest.remove()
    await Promise.all(drivers.map((driver) => driver.reconcile([])))
    await Promise.all(drivers.map((driver) => driver.close()))
  })
  afterAll(async () => {
    for (const host of hosts) await host.close()
    expect(command('ip', 'netns', 'list')).not.toContain(hosts[0]!.labNetns)
  })

  test('joins its guests, and those of another network with the same addresses not at all', async () => {
    const [red, blue] = [network(4101), network(4102)]
    const [red1, red2] = [port(red, 11), port(red, 12)]
    const [blue1, blue2] = [port(blue, 11), port(blue, 13)]
    const place = (base: NetworkSpec, first: PortSpec, second: PortSpec) => [
      { host: hosts[0]!, ports: [first], base },
      { host: hosts[1]!, ports: [second], base },
    ]
    const redPlaces = place(red, red1, red2)
    const bluePlaces = place(blue, blue1, blue2)
    const [a] = await startGuests(drivers[0]!, hosts[0]!, partOf(red, 0, redPlaces), guests)
    const [b] = await startGuests(drivers[1]!, hosts[1]!, partOf(red, 1, redPlaces), guests)
    const [c] = await startGuests(drivers[0]!, hosts[0]!, partOf(blue, 0, bluePlaces), guests)
    const [d] = await startGuests(drivers[1]!, hosts[1]!, partOf(blue, 1, bluePlaces), guests)

    // Each host answers for itself, under one address: a lease comes once, and from here.
    for (const guest of [a!, b!, c!, d!]) expect(await guest.dhcp()).toMatchObject({ mtu: '1450' })
    expect(await a!.reaches('10.0.0.12')).toBe(true)
    expect(await b!.reaches('10.0.0.11')).toBe(true)
    expect(await c!.reaches('10.0.0.13')).toBe(true)
    // A full frame of the network fits through the overlay in one piece.
    await a!.exec('ping', '-c', '1', '-W', '2', '-M', 'do', '-s', String(1450 - 28), '10.0.0.12')
    expect(await a!.reaches('10.0.0.13')).toBe(false)
    expect(await d!.reaches('10.0.0.12')).toBe(false)

    // The listener is this host's own: the other one's is not asked and does not answer.
    expect(await a!.reaches('10.0.0.2')).toBe(true)
    expect(commandIn(hosts[0]!.netns, 'bridge', 'fdb', 'show', 'br', 'br4101')).not.toMatch(
      /fa:16:3e:ff:ff:02 dev vx4101/,
    )
    await drivers[0]!.removeNetwork(red.networkId)
    expect(await b!.dhcp()).toMatchObject({ ip: '10.0.0.12' })
  })

  test('lets a host join later, and sends to where a port has moved at once', async () => {
    const base = network(4103)
    const [first, second] = [port(base, 21), port(base, 22)]
    const alone = [{ host: hosts[0]!, ports: [first] }]
    const [a] = await startGuests(drivers[0]!, hosts[0]!, partOf(base, 0, alone), guests)
    await a!.dhcp()
    const both = [...alone, { host: hosts[1]!, ports: [second] }]
    const [b] = await startGuests(drivers[1]!, hosts[1]!, partOf(base, 1, both), guests)
    await b!.dhcp()
    const before = command('ip', '-n', hosts[0]!.netns, '-d', 'link', 'show', 'dev', 'vx4103')
    await drivers[0]!.ensureNetwork(partOf(base, 0, both))
    // Only what is known of others changes: the device is the same.
    expect(command('ip', '-n', hosts[0]!.netns, '-d', 'link', 'show', 'dev', 'vx4103')).toBe(before)
    expect(await a!.reaches('10.0.0.22')).toBe(true)

    // The second guest goes to the third host; it says nothing there before it is spoken to.
    const moved = [
      { host: hosts[0]!, ports: [first] },
      { host: hosts[1]!, ports: [] },
      { host: hosts[2]!, ports: [second] },
    ]
    await drivers[1]!.removePort(second.portId)
    await b!.remove()
    const [heir] = await startGuests(drivers[2]!, hosts[2]!, partOf(base, 2, moved), guests)
    await heir!.exec('ip', 'addr', 'add', '10.0.0.22/24', 'dev', 'eth0')
    await drivers[0]!.ensureNetwork(partOf(base, 0, moved))
    expect(await a!.reaches('10.0.0.22')).toBe(true)
    expect(fdbOf(hosts[0]!, 4103)).toContain(`dst ${hosts[2]!.underlayIp}`)
  })

  test('is found again by a new worker, and repaired when entries, device, cable or bridge are gone', async () => {
    const base = network(4104)
    const places = [
      { host: hosts[0]!, ports: [port(base, 31)] },
      { host: hosts[1]!, ports: [port(base, 32)] },
    ]
    const parts = [partOf(base, 0, places), partOf(base, 1, places)]
    const [a] = await startGuests(drivers[0]!, hosts[0]!, parts[0]!, guests)
    const [b] = await startGuests(drivers[1]!, hosts[1]!, parts[1]!, guests)
    await Promise.all([a!.dhcp(), b!.dhcp()])
    const entries = fdbOf(hosts[0]!, 4104)

    await drivers[0]!.close()
    drivers[0] = hosts[0]!.driver()
    await drivers[0].open()
    await drivers[0].reconcile([structuredClone(parts[0]!)])
    expect(await a!.reaches('10.0.0.32')).toBe(true)

    const { netns } = hosts[0]!
    const broken: (() => void)[] = [
      () => command('bridge', '-n', netns, 'fdb', 'del', places[1]!.ports[0]!.mac, 'dev', 'vx4104', 'self'),
      () => command('ip', '-n', netns, 'neigh', 'flush', 'dev', 'vx4104', 'nud', 'permanent'),
      () => command('ip', '-n', netns, 'link', 'del', 'dev', 'vx4104'),
      () => command('ip', '-n', netns, 'link', 'del', 'dev', 'u0'),
      () => commandIn(netns, 'nft', 'delete', 'table', 'bridge', 'nephos_overlay'),
    ]
    for (const breakIt of broken) {
      breakIt()
      await drivers[0].reconcile([structuredClone(parts[0]!)])
      expect(fdbOf(hosts[0]!, 4104)).toBe(entries)
      expect(command('ip', '-n', netns, 'neigh', 'show', 'dev', 'vx4104')).toContain('10.0.0.32')
      expect(commandIn(netns, 'nft', 'list', 'table', 'bridge', 'nephos_overlay')).toContain('vx4104')
    }
    expect(await a!.reaches('10.0.0.32')).toBe(true)

    // An entry that is missing when the next change comes does not stop the change.
    command('bridge', '-n', netns, 'fdb', 'del', places[1]!.ports[0]!.mac, 'dev', 'vx4104', 'self')
    await drivers[0].ensureNetwork(partOf(base, 0, [places[0]!, { host: hosts[1]!, ports: [] }]))
    expect(fdbOf(hosts[0]!, 4104)).not.toContain(places[1]!.ports[0]!.mac)
    // The last host that stops needing others takes its device away.
    await drivers[0].reconcile([{ ...structuredClone(parts[0]!), overlay: null }])
    expect(command('ip', '-n', netns, 'link', 'show')).not.toContain('vx4104')
  })
})
