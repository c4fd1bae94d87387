import { allocateInstancePorts, mutate, networkVerbs, registerHost, tapName } from '@nephos/core'
import { createTestCloud, makeInstance, makeTenant, type TestCloud, uniqueName } from '@nephos/core/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { LinuxNetworkDriver } from './drivers/linux/driver.ts'
import { HostNetwork } from './host-network.ts'
import { type FakeGuest, plugGuest } from './testing/fake-guest.ts'
import { canMakeNetworks, command, makeTestLab, type TestHost } from './testing/linux-host.ts'
import { type Pinger, startPinger } from './testing/pinger.ts'

const everyMs = 50
/** Answers that are awaited after each step. */
const some = 10

interface LabHost {
  name: string
  host: TestHost
  driver: LinuxNetworkDriver
  network: HostNetwork
}

/**
 * A guest that goes from the first host to the second, pinged by neighbours on both and on a third. The guests are
 * namespaces: where the guest goes its heir stands, which answers all that it hears at once.
 */
describe.skipIf(!canMakeNetworks())('a port that is handed over', { timeout: 90_000 }, () => {
  let cloud: TestCloud
  let lab: TestHost[]
  let hosts: LabHost[]
  const guests: FakeGuest[] = []
  const pingers: Pinger[] = []

  const open = async (host: TestHost, name: string): Promise<LabHost> => {
    const driver = host.driver()
    await driver.open()
    return {
      name,
      host,
      driver,
      network: new HostNetwork({ services: cloud.services, host: name, driver, overlay: true }),
    }
  }
  beforeAll(async () => {
    ;[cloud, lab] = await Promise.all([createTestCloud(), makeTestLab(3)])
  })
  beforeEach(async () => {
    hosts = await Promise.all(
      lab.map(async (host, place) => {
        const name = uniqueName(`host${place + 1}`)
        const underlayIp = host.underlayIp!
        await registerHost(cloud.services, { name, zone: 'nova', networkDriver: 'linux', underlayIp })
        return open(host, name)
      }),
    )
  })
  afterEach(async () => {
    for (const pinger of pingers.splice(0)) await pinger.stop()
    for (const guest of guests.splice(0)) await guest.remove()
    for (const { driver } of hosts) {
      await driver.reconcile([])
      await driver.close()
    }
  })
  afterAll(async () => {
    for (const host of lab ?? []) await host.close()
    await cloud?.close()
  })

  /** The guest on the first host, its heir on the second, and a neighbour on each of the three. */
  async function place(extraSpecs: Record<string, string> = {}) {
    const { ctx, project } = await makeTenant(cloud)
    const { id: networkId } = await networkVerbs.networks.create({
      ctx,
      input: { name: 'net', subnet: { cidr: '10.0.0.0/24' } },
    })
    const instances = await Promise.all(
      Array.from({ length: 4 }, () => makeInstance(cloud, { projectId: project.id, extraSpecs })),
    )
    const ports = await mutate(ctx, (tx) =>
      allocateInstancePorts(tx, {
        projectId: project.id,
        ports: instances.map(({ id }) => ({ instanceId: id, networkId, deviceIndex: 0 })),
      }),
    )
    const plug = async (
      place: number,
      { portId, macAddress, fixedIps }: (typeof ports)[number],
      mark = '',
    ) => {
      const guest = await plugGuest(hosts[place]!.host.netns, portId, macAddress, mark)
      guests.push(guest)
      // A machine that waits for its guest says nothing; this one would look for routers.
      await guest.exec('sh', '-c', 'echo 1 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6')
      await guest.exec('ip', 'addr', 'add', `${fixedIps[0]!.ipAddress}/24`, 'dev', 'eth0')
      return guest
    }
    const [moving, ...others] = ports
    const { portId, macAddress } = moving!
    const guest = await plug(0, moving!)
    await hosts[0]!.network.wire([portId])
    const neighbours: FakeGuest[] = []
    for (const [index, other] of others.entries()) {
      neighbours.push(await plug(index, other))
      await hosts[index]!.network.wire([other.portId])
    }
    const heir = await plug(1, moving!, '-b')
    await hosts[1]!.network.wire([portId], { standby: true })
    for (const { network } of hosts) await network.meetAll()
    const address = moving!.fixedIps[0]!.ipAddress
    for (const { netns } of neighbours) pingers.push(startPinger(netns, address, everyMs))
    return { networkId, portId, macAddress, address, guest, heir, neighbours }
  }

  /** Every neighbour gets a few answers more. */
  async function answered(): Promise<void> {
    const from = pingers.map((pinger) => pinger.newest())
    await expect
      .poll(() => pingers.map((pinger, index) => pinger.newest() - from[index]! >= some), { timeout: 20_000 })
      .toEqual(pingers.map(() => true))
  }
  /** What goes from the overlay of the one network straight to a tap. */
  const fed = (place: number) => {
    const { netns } = hosts[place]!.host
    const [device] = command('ip', '-n', netns, '-br', 'link').match(/^vx\d+/m)!
    return command('tc', '-n', netns, 'filter', 'show', 'dev', device, 'ingress')
  }
  const stops = (guest: FakeGuest) => guest.exec('ip', 'addr', 'flush', 'dev', 'eth0')
  const heard = async (guest: FakeGuest): Promise<number> => {
    const [link] = JSON.parse(await guest.exec('ip', '-j', '-s', 'link', 'show', 'dev', 'eth0'))
    return link.stats64.rx.packets
  }
  const copied = (place: number, portId: string) =>
    command('tc', '-n', hosts[place]!.host.netns, 'filter', 'show', 'dev', tapName(portId), 'egress')

  test('keeps every frame, whichever host it comes from and however late that host hears of it', async () => {
    const { networkId, portId, guest, heir, neighbours } = await place()
    const [source, destination, third] = hosts.map(({ network }) => network)
    await answered()
    // A question to everyone is not for one that stands by.
    await neighbours[1]!.exec('ping', '-c', '1', '-W', '1', '10.0.0.200').catch(() => '')
    expect(await heard(heir)).toBe(0)

    await destination!.accept([portId])
    // One frame that nobody misses, for the machine that waits.
    expect(await heard(heir)).toBe(1)
    await source!.copy([portId], hosts[1]!.name)
    await source!.copy([portId], hosts[1]!.name)
    await destination!.accept([portId])
    expect(copied(0, portId).match(/Mirror/g)).toHaveLength(1)
    await answered()
    await stops(guest)
    await answered()
    // As it happens by events and by the clock, while it is on its way.
    await source!.meet(networkId)
    await Promise.all(hosts.map(({ network }) => network.reconcile()))
    await answered()

    await destination!.activate([portId])
    await source!.meet(networkId)
    await answered()
    // The third host knows nothing yet; the source keeps what leads on until it is told that all know.
    await source!.reconcile()
    await source!.refresh(networkId)
    await answered()
    await third!.meet(networkId)
    await source!.unwire([{ portId, networkId }])
    await destination!.activate([portId])
    await Promise.all(hosts.map(({ network }) => network.reconcile()))
    await answered()

    expect(pingers.map((pinger) => pinger.lost())).toEqual([[], [], []])
    expect((await hosts[0]!.driver.inspect()).ports).not.toContain(portId)
    const row = await cloud.db.port.findUniqueOrThrow({ where: { id: portId } })
    expect(row).toMatchObject({ hostName: hosts[1]!.name, standbyHost: null, status: 'ACTIVE' })
  })

  test('stays with the first host when the move is taken back, its limits untouched', async () => {
    const limits = { 'quota:vif_inbound_average': '100000', 'quota:vif_outbound_average': '100000' }
    const { networkId, portId, guest } = await place(limits)
    const [source, destination] = hosts.map(({ network }) => network)
    await answered()
    await source!.copy([portId], hosts[1]!.name)
    await answered()
    await source!.copy([portId], null)
    await source!.copy([portId], null)
    expect(copied(0, portId)).toBe('')
    await destination!.unwire([{ portId, networkId }])
    await answered()
    expect(pingers.map((pinger) => pinger.lost())).toEqual([[], [], []])
    const tc = (...what: string[]) => command('tc', '-n', hosts[0]!.host.netns, ...what)
    expect(tc('qdisc', 'show', 'dev', tapName(portId))).toMatch(/htb[\s\S]*clsact/)
    expect(tc('filter', 'show', 'dev', tapName(portId), 'ingress')).toContain('Redirect')
    // It is the guest that answers.
    const from = await heard(guest)
    await answered()
    expect(await heard(guest)).toBeGreaterThanOrEqual(from + 3 * some)
  })

  test('is copied nowhere any more by a worker that starts anew when the move is over', async () => {
    const { portId } = await place()
    await hosts[0]!.network.copy([portId], hosts[1]!.name)
    await answered()
    // Both workers are killed; meanwhile the move is taken back.
    for (const place of [0, 1]) {
      await hosts[place]!.driver.close()
      hosts[place] = await open(hosts[place]!.host, hosts[place]!.name)
    }
    await cloud.db.port.update({ where: { id: portId }, data: { standbyHost: null } })
    await hosts[0]!.network.reconcile()
    await hosts[1]!.network.reconcile()
    expect(copied(0, portId)).toBe('')
    expect((await hosts[1]!.driver.inspect()).ports).not.toContain(portId)
    expect(fed(1)).toBe('')
    await answered()
  })

  test('stands by as before when the worker there starts anew, and comes all the same', async () => {
    const { networkId, portId, guest, heir } = await place()
    expect(fed(1)).toContain(tapName(portId))
    await hosts[1]!.driver.close()
    hosts[1] = await open(hosts[1]!.host, hosts[1]!.name)
    await hosts[1].network.reconcile()
    expect(fed(1).match(/Redirect/g)).toHaveLength(1)
    await answered()
    expect(await heard(heir)).toBe(0)
    await hosts[0]!.network.copy([portId], hosts[1].name)
    await stops(guest)
    await answered()
    await hosts[1].network.activate([portId])
    expect(fed(1)).toBe('')
    for (const { network } of hosts) await network.meet(networkId)
    await hosts[0]!.network.unwire([{ portId, networkId }])
    await answered()
    expect(pingers.map((pinger) => pinger.lost())).toEqual([[], [], []])
  })
})
