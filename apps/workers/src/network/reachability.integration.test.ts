import { networkVerbs, placeRouters, type ReachabilityAnswer, registerHost, systemCtx } from '@nephos/core'
import {
  createTestCloud,
  makeHost,
  makeNetwork,
  makeProject,
  makeTenant,
  type TestCloud,
  uniqueName,
} from '@nephos/core/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LinuxNetworkDriver } from './drivers/linux/driver.ts'
import { HostNetwork } from './host-network.ts'
import { answers, listen } from './testing/ask.ts'
import { type FakeGuest, plugGuest } from './testing/fake-guest.ts'
import { canMakeNetworks, makeTestLab, type TestHost } from './testing/linux-host.ts'
import { makePort } from './testing/router-rows.ts'

interface LabHost {
  name: string
  lab: TestHost
  driver: LinuxNetworkDriver
  network: HostNetwork
}

interface Guest extends FakeGuest {
  id: string
  mac: string
  address: string
  host: number
}

const outsideAddress = '172.24.4.1'

/** Who asks whom, on which port (null: a ping), and whether it gets there. Names stand for guests. */
type Situation = readonly [from: string, to: string, port: number | null, reaches: boolean]

const situations: readonly Situation[] = [
  // One network, on one host and across hosts.
  ['web', 'other', 80, true],
  ['other', 'web', 80, true],
  ['web', 'other', 81, false],
  ['web', 'other', null, false],
  ['other', 'open', null, true],
  // Through the router, to the members of a group only.
  ['web', 'db', 5432, true],
  ['stray', 'db', 5432, false],
  ['db', 'web', 80, true],
  ['mute', 'web', 80, false],
  ['web', 'mute', 80, true],
  ['stateless', 'web', 80, false],
  // Subnets that no router joins, or not all of them.
  ['lone', 'web', 80, false],
  ['web', 'lone', 80, false],
  ['second', 'web', 80, false],
  ['second', 'db', 80, false],
  // Out, with the router's address; an address that is somebody else's; nobody.
  ['web', outsideAddress, 80, true],
  ['lone', outsideAddress, 80, false],
  ['web', '10.1.0.99', 80, false],
  ['web', '10.2.0.1', null, true],
  // In: by a floating IP, a forwarded port, and not at all.
  ['outside', 'db', 80, true],
  ['outside', 'db', 5432, false],
  ['outside', 'forwarded', 8080, true],
  ['outside', 'forwarded', 8081, false],
  ['outside', 'gateway', 80, false],
  // From inside to a floating IP of the own router: seen under an outside address.
  ['web', 'floating', 80, true],
  ['web', 'floating', 5432, false],
]

describe.skipIf(!canMakeNetworks())('the answer of what reaches what', { timeout: 300_000 }, () => {
  let cloud: TestCloud
  let hosts: LabHost[]
  const guests = new Map<string, Guest>()
  const servers = new Map<string, () => void>()

  const open = async (host: Pick<LabHost, 'name' | 'lab'>): Promise<LabHost> => {
    const driver = host.lab.driver()
    await driver.open()
    const network = new HostNetwork({ services: cloud.services, host: host.name, driver, overlay: true })
    return { ...host, driver, network }
  }
  beforeAll(async () => {
    const asked = async (name: string, _: string, { routerIds }: { routerIds: string[] }) => {
      const host = hosts.find((one) => one.name === name)!
      for (const id of routerIds) await host.network.refreshRouter(id)
      return {}
    }
    cloud = await createTestCloud({ services: { ask: asked as never } })
    hosts = await Promise.all(
      (await makeTestLab(2)).map(async (lab) => {
        const name = uniqueName('host')
        await makeHost(cloud, { name, networkDriver: 'linux' })
        await registerHost(cloud.services, { name, zone: 'nova', underlayIp: lab.underlayIp })
        return open({ name, lab })
      }),
    )
  }, 120_000)
  afterAll(async () => {
    for (const end of servers.values()) end()
    for (const guest of guests.values()) await guest.remove()
    for (const { driver, lab } of hosts ?? []) {
      await driver.close()
      await lab.close()
    }
    await cloud?.close()
  }, 120_000)

  /** Plugs a guest in, and gives it its address. */
  async function plug(name: string, port: { id: string; mac: string; address: string }, index: number) {
    const host = hosts[index]!
    const guest = await plugGuest(host.lab.netns, port.id, port.mac)
    guests.set(name, { ...guest, ...port, host: index })
    await host.network.wire([port.id])
  }
  /** What a guest does when its machine has started. */
  async function boot(name: string) {
    const guest = guests.get(name)!
    if (name === 'outside') await guest.exec('ip', 'addr', 'replace', `${outsideAddress}/24`, 'dev', 'eth0')
    else await expect.poll(() => guest.dhcp(), { timeout: 60_000 }).toMatchObject({ ip: guest.address })
    servers.set(name, await listen(guest, [80, 5432]))
  }
  /** What events would do. */
  const meet = () => Promise.all(hosts.map(({ network }) => network.meetAll()))

  test('is what really happens, before and after workers start again and a host loses everything', async () => {
    const { ctx } = await makeTenant(cloud)
    const outer = await makeNetwork(cloud, {
      projectId: (await makeProject(cloud)).id,
      external: true,
      subnet: {
        cidr: '172.24.4.0/24',
        gatewayIp: outsideAddress,
        enableDhcp: false,
        pools: [{ start: '172.24.4.10', end: '172.24.4.40' }],
      },
    })
    const make = (name: string, cidr: string) =>
      networkVerbs.networks.create({ ctx, input: { name, subnet: { cidr } } })
    const [red, blue, lone] = [
      await make('red', '10.1.0.0/24'),
      await make('blue', '10.2.0.0/24'),
      await make('lone', '10.3.0.0/24'),
    ]
    const second = await networkVerbs.subnets.create({
      ctx,
      input: { networkId: red.id, cidr: '10.5.0.0/24' },
    })
    const group = async (name: string, stateful = true) =>
      (await networkVerbs.securityGroups.create({ ctx, input: { name, stateful } })).id
    const allow = (securityGroupId: string, port: number, remoteGroupId?: string) =>
      networkVerbs.securityGroupRules.create({
        ctx,
        input: {
          securityGroupId,
          direction: 'ingress',
          protocol: 'tcp',
          portMin: port,
          portMax: port,
          remoteGroupId,
        },
      })
    const [web, db, mute, stray, stateless] = [
      await group('web'),
      await group('db'),
      await group('mute'),
      await group('stray'),
      await group('stateless', false),
    ]
    const onWeb = await allow(web, 80)
    await allow(db, 5432, web)
    await allow(db, 80)
    await allow(mute, 80)
    const { rules } = await networkVerbs.securityGroups.show({ ctx, input: { id: mute } })
    for (const { id, direction } of rules)
      if (direction === 'egress') await networkVerbs.securityGroupRules.delete({ ctx, input: { id } })

    const port = async (
      network: typeof red,
      ipAddress: string,
      securityGroupIds: string[] | null,
      subnetId = network.subnets[0]!.id,
    ) => {
      const made = await networkVerbs.ports.create({
        ctx,
        input: {
          networkId: network.id,
          fixedIps: [{ subnetId, ipAddress }],
          ...(securityGroupIds ? { securityGroupIds } : { portSecurity: false }),
        },
      })
      return { id: made.id, mac: made.macAddress, address: ipAddress }
    }
    await plug('web', await port(red, '10.1.0.11', [web]), 0)
    await plug('other', await port(red, '10.1.0.12', [web]), 1)
    await plug('open', await port(red, '10.1.0.13', null), 0)
    await plug('stateless', await port(red, '10.1.0.14', [stateless]), 1)
    await plug('second', await port(red, '10.5.0.11', [web], second.id), 1)
    const dbPort = await port(blue, '10.2.0.11', [db])
    await plug('db', dbPort, 1)
    await plug('mute', await port(blue, '10.2.0.12', [mute]), 0)
    await plug('stray', await port(blue, '10.2.0.13', [stray]), 0)
    await plug('lone', await port(lone, '10.3.0.11', [web]), 1)
    const fields = { network: outer, address: outsideAddress, portSecurity: false }
    await plug('outside', await makePort(cloud, { projectId: outer.projectId, ...fields }), 0)

    const router = await networkVerbs.routers.create({
      ctx,
      input: {
        name: 'edge',
        gateway: { networkId: outer.id },
        subnetIds: [red.subnets[0]!.id, blue.subnets[0]!.id],
      },
    })
    const floating = () => networkVerbs.floatingIps.create({ ctx, input: { networkId: outer.id } })
    const [first, other] = [await floating(), await floating()]
    const named = new Map([
      ['floating', first.address],
      ['forwarded', other.address],
      ['gateway', router.gateway!.fixedIps[0]!.ipAddress],
    ])
    await networkVerbs.floatingIps.update({ ctx, input: { id: first.id, portId: dbPort.id } })
    await networkVerbs.portForwardings.create({
      ctx,
      input: {
        floatingIpId: other.id,
        protocol: 'tcp',
        externalPort: 8080,
        internalPortId: guests.get('web')!.id,
        internalPort: 80,
      },
    })
    expect(await placeRouters(systemCtx(cloud.services, 'scheduler'))).toHaveLength(1)
    await meet()
    await Promise.all([...guests.keys()].map(boot))

    const ask = ([from, to, portNumber]: Situation): Promise<ReachabilityAnswer> => {
      const target = guests.get(to)
      return networkVerbs.reachability.check({
        ctx,
        input: {
          from:
            from === 'outside'
              ? { kind: 'outside', address: outsideAddress }
              : { kind: 'port', id: guests.get(from)!.id },
          to: target ? { kind: 'port', id: target.id } : { kind: 'address', address: named.get(to) ?? to },
          ...(portNumber === null ? { protocol: 'icmp' as const } : { port: portNumber }),
        },
      })
    }
    const compare = async (list: readonly Situation[]) => {
      const found = await Promise.all(
        list.map(async (situation) => {
          const [from, to, portNumber, reaches] = situation
          const answer = await ask(situation)
          const address = answer.packet?.destination ?? guests.get(to)?.address ?? named.get(to) ?? to
          const really = await answers(guests.get(from)!, address, answer.packet?.port ?? portNumber, reaches)
          return { situation, said: answer.verdict !== 'stopped', really, summary: answer.summary }
        }),
      )
      expect(found).toEqual(
        found.map(({ situation, summary }) => ({
          situation,
          said: situation[3],
          really: situation[3],
          summary,
        })),
      )
    }
    await compare(situations)

    // Every answer that says no says what decides.
    const stopped = await ask(['stray', 'db', 5432, false])
    expect(stopped.hops.find(({ verdict }) => verdict === 'stops')).toMatchObject({
      title: 'What the receiver lets in',
      resource: { noun: 'security-group', id: db, name: 'db' },
      missingRule: { securityGroupId: db, direction: 'ingress', port: 5432, remoteIpPrefix: '10.2.0.13/32' },
    })

    // The workers start again: whatever they find, it is the same afterwards.
    for (const { driver } of hosts) await driver.close()
    hosts = await Promise.all(hosts.map(open))
    await Promise.all(hosts.map(({ network }) => network.reconcile()))
    await compare(situations)

    // The second host is as after a reboot: nothing is left of it.
    const lost = [...guests].filter(([, { host }]) => host === 1)
    for (const [name, guest] of lost) {
      servers.get(name)?.()
      await guest.remove()
    }
    await hosts[1]!.driver.destroy()
    hosts[1] = await open(hosts[1]!)
    for (const [name, { id, mac, address }] of lost) {
      const guest = await plugGuest(hosts[1]!.lab.netns, id, mac)
      guests.set(name, { ...guest, id, mac, address, host: 1 })
    }
    await hosts[1]!.network.reconcile()
    await meet()
    await Promise.all(lost.map(([name]) => boot(name)))
    await compare(situations)

    // What is taken away counts at once.
    await networkVerbs.securityGroupRules.delete({ ctx, input: { id: onWeb.id } })
    await networkVerbs.floatingIps.update({ ctx, input: { id: first.id, portId: null } })
    await Promise.all(hosts.map(({ network }) => network.groupChanged(web)))
    await Promise.all(hosts.map(({ network }) => network.refreshRouter(router.id)))
    await compare([
      ['other', 'web', 80, false],
      ['web', 'db', 5432, true],
      ['outside', 'floating', 80, false],
      ['outside', 'forwarded', 8080, false],
    ])
    await networkVerbs.routers.update({ ctx, input: { id: router.id, adminStateUp: false } })
    await Promise.all(hosts.map(({ network }) => network.refreshRouter(router.id)))
    await compare([
      ['web', 'db', 5432, false],
      ['web', outsideAddress, 80, false],
      ['web', 'open', 80, true],
    ])
    expect((await ask(['web', 'db', 5432, false])).summary).toMatch(/The router is switched off/)
  })
})
