import { networkVerbs, placeRouters, registerHost, systemCtx } from '@nephos/core'
import {
  createTestCloud,
  makeHost,
  makeNetwork,
  makeTenant,
  type TestCloud,
  uniqueName,
} from '@nephos/core/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LinuxNetworkDriver } from '../drivers/linux/driver.ts'
import { HostNetwork } from '../host-network.ts'
import { type FakeGuest, plugGuest } from '../testing/fake-guest.ts'
import { connect, seenAs, serve } from '../testing/flows.ts'
import { canMakeNetworks, makeTestLab, type TestHost } from '../testing/linux-host.ts'
import { makeFloatingIp, makePort, makeRouter, type TestNetwork } from '../testing/router-rows.ts'

interface LabHost {
  name: string
  lab: TestHost
  driver: LinuxNetworkDriver
  network: HostNetwork
}

describe.skipIf(!canMakeNetworks())('routers of a cloud of several hosts', { timeout: 300_000 }, () => {
  let cloud: TestCloud
  let hosts: LabHost[]
  const guests: FakeGuest[] = []
  const closing: { close: () => Promise<void> }[] = []

  beforeAll(async () => {
    const asked = async (name: string, _: string, { routerIds }: { routerIds: string[] }) => {
      const host = hosts.find((one) => one.name === name)!
      for (const id of routerIds) await host.network.refreshRouter(id)
      return {}
    }
    cloud = await createTestCloud({ services: { ask: asked as never } })
    const labs = await makeTestLab(3)
    hosts = await Promise.all(
      labs.map(async (lab) => {
        const name = uniqueName('host')
        await makeHost(cloud, { name, networkDriver: 'linux' })
        await registerHost(cloud.services, { name, zone: 'nova', underlayIp: lab.underlayIp })
        const driver = lab.driver()
        await driver.open()
        const network = new HostNetwork({ services: cloud.services, host: name, driver, overlay: true })
        return { name, lab, driver, network }
      }),
    )
  })
  afterAll(async () => {
    for (const { close } of closing) await close()
    for (const guest of guests) await guest.remove()
    for (const { driver, lab } of hosts ?? []) {
      await driver.close()
      await lab.close()
    }
    await cloud?.close()
  })

  const row = (id: string) => cloud.db.router.findUniqueOrThrow({ where: { id } })
  const place = () => placeRouters(systemCtx(cloud.services, 'scheduler'))
  /** What events would do. */
  const meet = () => Promise.all(hosts.map(({ network }) => network.meetAll()))
  const allow = (names: readonly string[]) =>
    Promise.all(
      hosts.map(({ name }) =>
        cloud.db.host.update({ where: { name }, data: { enabled: names.includes(name) } }),
      ),
    )
  const silence = (name: string, lastSeenAt: Date) =>
    cloud.db.service.updateMany({ where: { hostName: name }, data: { lastSeenAt } })

  async function guest(host: LabHost, projectId: string, network: TestNetwork, address: string) {
    const port = await makePort(cloud, { projectId, network, address, portSecurity: false })
    const plugged = await plugGuest(host.lab.netns, port.id, port.mac)
    guests.push(plugged)
    await host.network.wire([port.id])
    return { ...plugged, ...port }
  }

  test('join networks wherever their guests are, and go on elsewhere when their host is dead', async () => {
    const { ctx, project } = await makeTenant(cloud)
    const [first, second, third] = hosts as [LabHost, LabHost, LabHost]
    const make = (name: string, cidr: string) =>
      networkVerbs.networks.create({ ctx, input: { name, subnet: { cidr } } })
    const [red, blue] = [await make('red', '10.1.0.0/24'), await make('blue', '10.2.0.0/24')]
    const outer = await makeNetwork(cloud, {
      projectId: project.id,
      external: true,
      subnet: { cidr: '172.24.4.0/24', gatewayIp: '172.24.4.1', enableDhcp: false },
    })
    const a = await guest(first, project.id, red, '10.1.0.11')
    const b = await guest(second, project.id, blue, '10.2.0.12')
    const near = await guest(second, project.id, red, '10.1.0.13')
    const outside = await guest(first, project.id, outer, '172.24.4.1')
    await outside.exec('ip', 'addr', 'add', '172.24.4.1/24', 'dev', 'eth0')
    closing.push(await serve(outside.netns, 80))
    await meet()
    for (const one of [a, b, near]) expect(await one.dhcp()).toMatchObject({ ip: one.address })
    expect(await a.reaches(near.address)).toBe(true)
    expect(await a.reaches(b.address)).toBe(false)

    // The router is on a host that none of the guests is on.
    await allow([third.name])
    const external = { network: outer, address: '172.24.4.10' }
    const { id } = await makeRouter(cloud, { projectId: project.id, networks: [red, blue], external })
    expect(await place()).toEqual([{ routerId: id, host: third.name, from: null }])
    await meet()
    expect(await row(id)).toMatchObject({ hostName: third.name, status: 'ACTIVE', statusReason: '' })
    const ports = await cloud.db.port.findMany({ where: { deviceId: id } })
    expect(ports.map(({ hostName, status }) => [hostName, status])).toEqual(
      Array.from({ length: 3 }, () => [third.name, 'ACTIVE']),
    )
    expect(await a.reaches(b.address)).toBe(true)
    expect(await seenAs(a.netns, outside.address, 80)).toBe('172.24.4.10')

    const floating = await makeFloatingIp(cloud, {
      projectId: project.id,
      network: outer,
      address: '172.24.4.21',
      routerId: id,
      to: b,
    })
    await third.network.refreshRouter(id)
    await meet()
    expect(await cloud.db.floatingIp.findUniqueOrThrow({ where: { id: floating.id } })).toMatchObject({
      status: 'ACTIVE',
    })
    closing.push(await serve(b.netns, 80))
    expect(await seenAs(outside.netns, '172.24.4.21', 80)).toBe(outside.address)
    expect(await seenAs(b.netns, outside.address, 80)).toBe('172.24.4.21')

    // Its host is dead: nobody sees it leave.
    await allow([first.name, second.name])
    await silence(third.name, new Date(Date.now() - 3_600_000))
    const [moved] = await place()
    expect(moved).toMatchObject({ routerId: id, from: third.name })
    await meet()
    expect((await row(id)).status).toBe('ACTIVE')
    await expect
      .poll(() => seenAs(outside.netns, '172.24.4.21', 80), { timeout: 60_000 })
      .toBe(outside.address)
    expect(await a.reaches(b.address)).toBe(true)

    // It comes back, and lets go before anything else.
    await silence(third.name, new Date())
    expect((await third.driver.inspect()).routers).toEqual([id])
    await third.network.reconcile()
    expect((await third.driver.inspect()).routers).toEqual([])
    const flow = await connect(outside.netns, '172.24.4.21', 80)
    closing.push(flow!)
    expect(await flow!.passes()).toBe(true)

    // Switched off it has no place on its host; what went through it ends.
    const keeper = hosts.find(({ name }) => name === moved!.host)!
    await cloud.db.router.update({
      where: { id },
      data: { adminStateUp: false, generation: { increment: 1 } },
    })
    await keeper.network.refreshRouter(id)
    expect(await row(id)).toMatchObject({ status: 'DOWN', hostName: keeper.name })
    expect(await flow!.passes(1_500)).toBe(false)
    expect((await cloud.db.floatingIp.findUniqueOrThrow({ where: { id: floating.id } })).status).toBe('DOWN')
    await cloud.db.router.update({
      where: { id },
      data: { adminStateUp: true, generation: { increment: 1 } },
    })
    await keeper.network.reconcile()
    expect((await row(id)).status).toBe('ACTIVE')
    expect(await seenAs(outside.netns, '172.24.4.21', 80)).toBe(outside.address)

    // Removed by a verb: the row is gone when its host hears of it.
    await cloud.db.floatingIp.deleteMany({ where: { routerId: id } })
    await cloud.db.router.delete({ where: { id } })
    await cloud.db.port.deleteMany({ where: { deviceId: id } })
    await keeper.network.refreshRouter(id)
    expect((await keeper.driver.inspect()).routers).toEqual([])
  })
})
