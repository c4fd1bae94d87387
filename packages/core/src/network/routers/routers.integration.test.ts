import { openDb } from '@nephos/db'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Ctx } from '../../kernel/index.ts'
import { confirmedDrift, findQuotaDrift } from '../../kernel/recount-quota.ts'
import { createTestCloud, ctxFor, eventsIn, makeTenant, type TestCloud } from '../../testing/index.ts'
import { networkVerbs } from '../index.ts'
import { routerGatewayOwner, routerInterfaceOwner } from '../ports/index.ts'

const { networks, subnets, ports, routers, floatingIps } = networkVerbs

let cloud: TestCloud
let ctx: Ctx
let admin: Ctx
let projectId: string
beforeAll(async () => {
  cloud = await createTestCloud()
})
afterAll(() => cloud?.close())
beforeEach(async () => {
  const tenant = await makeTenant(cloud)
  ctx = tenant.ctx
  projectId = tenant.project.id
  const operator = await makeTenant(cloud)
  admin = ctxFor(cloud, { user: operator.user, project: operator.project, role: 'admin' })
})

const net = (cidr: string, as = ctx, gatewayIp?: string | null) =>
  networks.create({ ctx: as, input: { name: `net ${cidr}`, subnet: { cidr, gatewayIp } } })
const outside = (cidr = '172.24.4.0/24') =>
  networks.create({
    ctx: admin,
    input: { name: 'public', external: true, subnet: { cidr, enableDhcp: false } },
  })
const used = async (resource: string) =>
  (await cloud.db.quotaUsage.findFirst({ where: { scopeId: projectId, resource } }))?.used ?? 0
const generation = async (id: string) =>
  (await cloud.db.router.findUniqueOrThrow({ where: { id } })).generation

describe('a router', () => {
  test('is made with its gateway and interfaces at once, counted, announced and audited', async () => {
    const external = await outside()
    const inside = await net('10.1.0.0/24')
    const row = await routers.create({
      ctx,
      input: {
        name: 'edge',
        gateway: { networkId: external.id },
        subnetIds: [inside.subnets[0]!.id],
      },
    })
    expect(row).toMatchObject({
      projectId,
      name: 'edge',
      status: 'ALLOCATING',
      adminStateUp: true,
      hostName: null,
      gateway: { networkId: external.id, networkName: 'public', enableSnat: true },
      interfaces: [{ networkId: inside.id, fixedIps: [{ cidr: '10.1.0.0/24', ipAddress: '10.1.0.1' }] }],
    })
    expect(row.gateway!.fixedIps).toMatchObject([{ cidr: '172.24.4.0/24' }])
    expect([await used('routers'), await used('ports')]).toEqual([1, 1])
    const owned = await cloud.db.port.findMany({ where: { deviceId: row.id }, orderBy: { createdAt: 'asc' } })
    expect(owned.map(({ deviceOwner }) => deviceOwner)).toEqual([routerInterfaceOwner, routerGatewayOwner])
    expect(owned.every((port) => port.projectId === projectId)).toBe(true)
    // The gateway's port is nobody's business.
    const listed = await ports.list({ ctx, input: {} })
    expect(listed.items.map(({ deviceOwner }) => deviceOwner)).not.toContain(routerGatewayOwner)
    await expect(ports.show({ ctx, input: { id: row.gateway!.portId } })).rejects.toMatchObject({
      code: 'not_found',
    })
    const event = eventsIn(cloud.kicked).findLast(({ noun, id }) => noun === 'router' && id === row.id)
    expect(event).toMatchObject({ change: 'created', audience: { kind: 'project', projectId } })
    expect(Object.keys(event!.data as object).sort()).toEqual(Object.keys(row).sort())
    const of = eventsIn(cloud.kicked).find(({ noun, id }) => noun === 'port' && id === row.gateway!.portId)
    expect(of?.audience).toEqual({ kind: 'admin' })
    expect(await cloud.db.audit.count({ where: { resourceId: row.id } })).toBe(1)
  })

  test('leaves nothing behind when a part of it is refused', async () => {
    const inside = await net('10.1.0.0/24')
    await expect(
      routers.create({
        ctx,
        input: { gateway: { networkId: inside.id }, subnetIds: [inside.subnets[0]!.id] },
      }),
    ).rejects.toMatchObject({ code: 'invalid_input', field: 'gateway.networkId' })
    expect(await cloud.db.router.count({ where: { projectId } })).toBe(0)
    expect(await used('ports')).toBe(0)
  })

  test('joins no subnets that overlap, none twice, none without a gateway', async () => {
    const [first, twin, none] = [
      await net('10.1.0.0/24'),
      await net('10.1.0.0/16'),
      await net('10.2.0.0/24', ctx, null),
    ]
    const { id } = await routers.create({ ctx, input: { subnetIds: [first.subnets[0]!.id] } })
    const add = (subnetId: string) => routers.addInterface({ ctx, input: { id, subnetId } })
    await expect(add(first.subnets[0]!.id)).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(add(twin.subnets[0]!.id)).rejects.toThrow(/overlaps with 10\.1\.0\.0\/24/)
    await expect(add(none.subnets[0]!.id)).rejects.toThrow(/has no gateway/)
    const external = await outside('10.1.0.0/25')
    await expect(routers.update({ ctx, input: { id, gateway: { networkId: external.id } } })).rejects.toThrow(
      /overlaps/,
    )
    expect((await routers.show({ ctx, input: { id } })).interfaces).toHaveLength(1)
    await expect(
      routers.addInterface({ ctx, input: { id, subnetId: 'x', portId: 'y' } }),
    ).rejects.toMatchObject({ code: 'invalid_input' })
  })

  test('shares a subnet with another one by a port', async () => {
    const inside = await net('10.1.0.0/24')
    const subnetId = inside.subnets[0]!.id
    await routers.create({ ctx, input: { subnetIds: [subnetId] } })
    const second = await routers.create({ ctx, input: { name: 'second' } })
    await expect(routers.addInterface({ ctx, input: { id: second.id, subnetId } })).rejects.toMatchObject({
      code: 'conflict',
      detail: { reason: 'gateway_address_in_use' },
    })
    const port = await ports.create({
      ctx,
      input: { networkId: inside.id, fixedIps: [{ ipAddress: '10.1.0.9' }] },
    })
    const { router } = await routers.addInterface({ ctx, input: { id: second.id, portId: port.id } })
    expect(router.interfaces).toMatchObject([{ portId: port.id, fixedIps: [{ ipAddress: '10.1.0.9' }] }])
    const third = await routers.create({ ctx, input: {} })
    await expect(
      routers.addInterface({ ctx, input: { id: third.id, portId: port.id } }),
    ).rejects.toMatchObject({ code: 'conflict', detail: { reason: 'port_in_use' } })
    await expect(ports.delete({ ctx, input: { id: port.id } })).rejects.toThrow(/belongs to a router/)
    await expect(ports.update({ ctx, input: { id: port.id, fixedIps: [] } })).rejects.toMatchObject({
      code: 'conflict',
    })
    const on = await routers.list({ ctx, input: { networkId: inside.id, sort: { by: 'name', dir: 'desc' } } })
    expect(on.items.map(({ name }) => name)).toEqual(['second', ''])
    const removed = await routers.removeInterface({ ctx, input: { id: second.id, portId: port.id } })
    expect(removed).toMatchObject({ networkId: inside.id, subnetIds: [subnetId], router: { interfaces: [] } })
    expect(await cloud.db.port.findUnique({ where: { id: port.id } })).toBeNull()
    // The interface of the first router and nothing else.
    expect(await used('ports')).toBe(1)
  })

  test('has routes to neighbours on its own subnets only, and keeps the subnets that they need', async () => {
    const inside = await net('10.1.0.0/24')
    const { id } = await routers.create({ ctx, input: { subnetIds: [inside.subnets[0]!.id] } })
    const set = (...routes: { destination: string; nexthop: string }[]) =>
      routers.update({ ctx, input: { id, routes } })
    for (const [route, field] of [
      [{ destination: '10.9.0.0/16', nexthop: '10.2.0.9' }, 'routes.0.nexthop'],
      [{ destination: '10.9.0.0/16', nexthop: '10.1.0.1' }, 'routes.0.nexthop'],
      [{ destination: '10.9.0.1/16', nexthop: '10.1.0.9' }, 'routes.0.destination'],
      [{ destination: 'nowhere', nexthop: '10.1.0.9' }, 'routes.0.destination'],
    ] as const)
      await expect(set(route)).rejects.toMatchObject({ code: 'invalid_input', field })
    const route = { destination: '10.9.0.0/16', nexthop: '10.1.0.9' }
    await expect(set(route, route)).rejects.toMatchObject({ field: 'routes.1' })
    const before = await generation(id)
    expect((await set(route)).routes).toEqual([route])
    expect(await generation(id)).toBeGreaterThan(before)
    const remove = () => routers.removeInterface({ ctx, input: { id, subnetId: inside.subnets[0]!.id } })
    await expect(remove()).rejects.toMatchObject({ code: 'conflict', detail: { reason: 'used_by_route' } })
    await set()
    await remove()
    await expect(remove()).rejects.toMatchObject({ code: 'not_found' })
  })

  test('has its gateway set, changed and cleared; SNAT and addresses are an administrator’s', async () => {
    const [external, other] = [await outside(), await outside('172.25.0.0/24')]
    const { id } = await routers.create({ ctx, input: { name: 'edge' } })
    const set = (gateway: Parameters<typeof routers.update>[0]['input']['gateway'], as = ctx) =>
      routers.update({ ctx: as, input: { id, gateway } })
    await expect(set({ networkId: external.id, enableSnat: false })).rejects.toMatchObject({
      code: 'forbidden',
      field: 'gateway.enableSnat',
    })
    await expect(
      set({ networkId: external.id, fixedIps: [{ ipAddress: '172.24.4.9' }] }),
    ).rejects.toMatchObject({ code: 'forbidden', field: 'gateway.fixedIps' })
    const first = await set({ networkId: external.id })
    expect((await set({ networkId: external.id })).gateway).toEqual(first.gateway)
    const chosen = await set(
      { networkId: external.id, enableSnat: false, fixedIps: [{ ipAddress: '172.24.4.9' }] },
      admin,
    )
    expect(chosen.gateway).toMatchObject({ enableSnat: false, fixedIps: [{ ipAddress: '172.24.4.9' }] })
    // A member leaves SNAT as the administrator had it.
    expect((await set({ networkId: external.id })).gateway?.enableSnat).toBe(false)
    expect((await set({ networkId: other.id })).gateway).toMatchObject({
      networkId: other.id,
      enableSnat: true,
    })
    expect((await set(null)).gateway).toBeNull()
    expect(await cloud.db.port.count({ where: { deviceId: id } })).toBe(0)
    expect((await networks.show({ ctx: admin, input: { id: external.id } })).subnets[0]!.used).toBe(0)
  })

  test('is deleted when it is on no network any more, with its gateway', async () => {
    const external = await outside()
    const inside = await net('10.1.0.0/24')
    const { id } = await routers.create({
      ctx,
      input: { name: 'edge', gateway: { networkId: external.id }, subnetIds: [inside.subnets[0]!.id] },
    })
    await expect(routers.delete({ ctx, input: { id } })).rejects.toThrow(/is on the network net 10\.1/)
    await expect(networks.delete({ ctx, input: { id: inside.id } })).rejects.toThrow(/router edge/)
    await expect(networks.delete({ ctx: admin, input: { id: external.id } })).rejects.toThrow(/router edge/)
    await expect(
      networks.update({ ctx: admin, input: { id: external.id, external: false } }),
    ).rejects.toMatchObject({ detail: { reason: 'external_network_in_use', routers: 1 } })
    await expect(
      subnets.update({ ctx, input: { id: inside.subnets[0]!.id, gatewayIp: null } }),
    ).rejects.toMatchObject({ code: 'conflict', field: 'gatewayIp' })
    await routers.removeInterface({ ctx, input: { id, subnetId: inside.subnets[0]!.id } })
    await routers.delete({ ctx, input: { id } })
    expect([await used('routers'), await used('ports')]).toEqual([0, 0])
    expect(await cloud.db.port.count({ where: { deviceId: id } })).toBe(0)
    await networks.delete({ ctx, input: { id: inside.id } })
  })

  test('is listed page by page with a bounded number of statements', async () => {
    const inside = await Promise.all(['10.1.0.0/24', '10.2.0.0/24', '10.3.0.0/24'].map((cidr) => net(cidr)))
    for (const [index, network] of inside.entries())
      await routers.create({ ctx, input: { name: `r${index}`, subnetIds: [network.subnets[0]!.id] } })
    const statements: string[] = []
    const db = openDb(cloud.databaseUrl, { onStatement: (sql) => statements.push(sql) })
    try {
      const names: string[] = []
      let cursor: string | null | undefined
      do {
        statements.length = 0
        const read = await routers.list({
          ctx: { ...ctx, db },
          input: { limit: 2, cursor, sort: { by: 'name', dir: 'asc' } },
        })
        expect(statements).toHaveLength(2)
        names.push(...read.items.map(({ name }) => name))
        expect(read.items.every(({ interfaces }) => interfaces.length === 1)).toBe(true)
        cursor = read.nextCursor
      } while (cursor)
      expect(names).toEqual(['r0', 'r1', 'r2'])
    } finally {
      await db.$disconnect()
    }
    expect((await routers.list({ ctx: admin, input: {} })).items).toEqual([])
    expect((await routers.list({ ctx: admin, input: { allProjects: true } })).items.length).toBeGreaterThan(2)
  })

  test('stops at the quota', async () => {
    await cloud.db.quotaLimit.create({ data: { projectId, resource: 'routers', limit: 1 } })
    await routers.create({ ctx, input: {} })
    await expect(routers.create({ ctx, input: {} })).rejects.toMatchObject({
      code: 'quota_exceeded',
      detail: { resource: 'routers', limit: 1 },
    })
  })
})

describe('an external network', () => {
  test('is seen by every project, and takes ports of none', async () => {
    await expect(networks.create({ ctx, input: { name: 'mine', external: true } })).rejects.toMatchObject({
      code: 'forbidden',
      field: 'external',
    })
    const external = await outside()
    const listed = await networks.list({ ctx, input: { external: true } })
    expect(listed.items.map(({ id }) => id)).toContain(external.id)
    expect((await subnets.show({ ctx, input: { id: external.subnets[0]!.id } })).cidr).toBe('172.24.4.0/24')
    await expect(ports.create({ ctx, input: { networkId: external.id } })).rejects.toMatchObject({
      code: 'forbidden',
    })
    const router = await routers.create({ ctx, input: {} })
    await expect(
      routers.addInterface({ ctx, input: { id: router.id, subnetId: external.subnets[0]!.id } }),
    ).rejects.toMatchObject({ code: 'forbidden' })
    await expect(networks.update({ ctx, input: { id: external.id, name: 'mine' } })).rejects.toMatchObject({
      code: 'forbidden',
    })
  })

  test('made private again is gone for the others, unless they use it', async () => {
    const external = await outside()
    const { id } = await floatingIps.create({ ctx, input: { networkId: external.id } })
    const hide = () => networks.update({ ctx: admin, input: { id: external.id, external: false } })
    await expect(hide()).rejects.toThrow(/1 floating IP is of it/)
    await floatingIps.delete({ ctx, input: { id } })
    cloud.kicked.length = 0
    await hide()
    const told = eventsIn(cloud.kicked).filter(
      (event) => event.noun === 'network' && event.id === external.id,
    )
    expect(told.map(({ change, audience }) => [change, audience.kind])).toEqual([
      ['deleted', 'everyone'],
      ['updated', 'project'],
    ])
    await expect(networks.show({ ctx, input: { id: external.id } })).rejects.toMatchObject({
      code: 'not_found',
    })
  })
})

test('counters of routers, floating IPs and ports are what there is', async () => {
  const drift = await findQuotaDrift(cloud.db)
  expect(
    confirmedDrift(drift, drift).filter(({ resource }) => !['networks', 'subnets'].includes(resource)),
  ).toEqual([])
})
