import type { Network } from '@nephos/db'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Ctx } from '../kernel/index.ts'
import {
  anonymousCtx,
  createTestCloud,
  ctxFor,
  eventsIn,
  makeHost,
  makeInstance,
  makeNetwork,
  makeTenant,
  type TestCloud,
} from '../testing/index.ts'
import { networkVerbs } from './index.ts'
import { keepNetwork, removeNetworkRows } from './networks/index.ts'
import { dhcpOwner } from './ports/index.ts'

const { networks, subnets, ports } = networkVerbs

let cloud: TestCloud
let ctx: Ctx
let projectId: string
beforeAll(async () => {
  cloud = await createTestCloud()
})
afterAll(() => cloud?.close())
beforeEach(async () => {
  const tenant = await makeTenant(cloud)
  ctx = tenant.ctx
  projectId = tenant.project.id
})

const other = async () => (await makeTenant(cloud)).ctx
const admin = async () => {
  const { user, project } = await makeTenant(cloud)
  return ctxFor(cloud, { user, project, systemRole: 'admin' })
}
const used = async (resource: string, scopeId = projectId) =>
  (
    await cloud.db.quotaUsage.findUnique({
      where: { scope_scopeId_resource: { scope: 'project', scopeId, resource } },
    })
  )?.used ?? 0
const create = (input: Partial<Parameters<typeof networks.create>[0]['input']> = {}, as = ctx) =>
  networks.create({ ctx: as, input: { name: 'net', subnet: { cidr: '10.0.0.0/24' }, ...input } })

describe('a network', () => {
  test('is made with its subnet and the address of DHCP, counted, announced and audited', async () => {
    const row = await create({ description: 'for tests', mtu: 1400 })
    expect(row).toMatchObject({
      projectId,
      name: 'net',
      status: 'ACTIVE',
      mtu: 1400,
      segmentId: null,
      portCount: 0,
    })
    expect(row.subnets).toMatchObject([
      { cidr: '10.0.0.0/24', gatewayIp: '10.0.0.1', enableDhcp: true, used: 1, total: 253 },
    ])
    const dhcp = await cloud.db.port.findMany({
      where: { networkId: row.id },
      include: { allocations: true },
    })
    expect(dhcp).toMatchObject([{ deviceOwner: dhcpOwner, status: 'ACTIVE' }])
    expect(dhcp[0]!.allocations).toHaveLength(1)
    expect([await used('networks'), await used('subnets'), await used('ports')]).toEqual([1, 1, 0])
    expect(
      await cloud.db.audit.count({ where: { resourceId: row.id, verb: 'network.networks.create' } }),
    ).toBe(1)
    const event = eventsIn(cloud.kicked).find(({ noun, id }) => noun === 'network' && id === row.id)
    expect(event).toMatchObject({ change: 'created', audience: { kind: 'project', projectId } })
    expect(Object.keys(event!.data as object).sort()).toEqual(Object.keys(row).sort())
  })

  test('leaves nothing behind when its subnet is refused', async () => {
    await expect(create({ subnet: { cidr: '10.0.0.5/24' } })).rejects.toMatchObject({ field: 'subnet.cidr' })
    expect(await cloud.db.network.count({ where: { projectId } })).toBe(0)
    expect(await used('networks')).toBe(0)
  })

  test('is seen and changed by its project only; administrators see the segment number too', async () => {
    const { id } = await create()
    const stranger = await other()
    for (const call of [
      () => networks.show({ ctx: stranger, input: { id } }),
      () => networks.update({ ctx: stranger, input: { id, name: 'mine' } }),
      () => networks.delete({ ctx: stranger, input: { id } }),
      () => subnets.create({ ctx: stranger, input: { networkId: id, cidr: '10.1.0.0/24' } }),
      () => ports.create({ ctx: stranger, input: { networkId: id } }),
    ])
      await expect(call()).rejects.toMatchObject({ code: 'not_found' })
    expect((await networks.list({ ctx: stranger, input: {} })).items).toEqual([])
    const asAdmin = await admin()
    expect((await networks.show({ ctx: asAdmin, input: { id } })).segmentId).toBeGreaterThan(0)
    expect((await networks.list({ ctx: asAdmin, input: {} })).items).toEqual([])
    const all = await networks.list({ ctx: asAdmin, input: { allProjects: true, search: id } })
    expect(all.items.map((row) => row.id)).toEqual([id])
    await expect(networks.list({ ctx, input: { allProjects: true } })).rejects.toMatchObject({
      code: 'forbidden',
    })
    await expect(networks.list({ ctx: anonymousCtx(cloud), input: {} })).rejects.toMatchObject({
      code: 'unauthenticated',
    })
  })

  test('is not changed by a reader', async () => {
    const { id } = await create()
    const reader = { ...ctx, actor: { ...ctx.actor, projectRoles: ['reader'] } } as Ctx
    for (const call of [
      () => create({}, reader),
      () => networks.update({ ctx: reader, input: { id, name: 'x' } }),
      () => networks.delete({ ctx: reader, input: { id } }),
      () => subnets.create({ ctx: reader, input: { networkId: id, cidr: '10.1.0.0/24' } }),
      () => ports.create({ ctx: reader, input: { networkId: id } }),
    ])
      await expect(call()).rejects.toMatchObject({ code: 'forbidden' })
    expect((await networks.show({ ctx: reader, input: { id } })).id).toBe(id)
  })

  test('that an administrator shares is used by all and changed by none but its owner', async () => {
    await expect(create({ shared: true })).rejects.toMatchObject({ code: 'forbidden', field: 'shared' })
    const owner = await admin()
    const shared = await create({ shared: true, name: 'shared' }, owner)
    expect((await networks.list({ ctx, input: { shared: true } })).items.map(({ id }) => id)).toContain(
      shared.id,
    )
    const port = await ports.create({ ctx, input: { networkId: shared.id } })
    expect(port.projectId).toBe(projectId)
    for (const call of [
      () => networks.update({ ctx, input: { id: shared.id, name: 'mine' } }),
      () => networks.delete({ ctx, input: { id: shared.id } }),
      () => subnets.create({ ctx, input: { networkId: shared.id, cidr: '10.1.0.0/24' } }),
      () => subnets.delete({ ctx, input: { id: shared.subnets[0]!.id } }),
      () => ports.create({ ctx, input: { networkId: shared.id, macAddress: 'fa:16:3e:00:00:01' } }),
      () => ports.create({ ctx, input: { networkId: shared.id, fixedIps: [{ ipAddress: '10.0.0.9' }] } }),
    ])
      await expect(call()).rejects.toMatchObject({ code: 'forbidden' })
  })

  test('is renamed and switched off', async () => {
    const { id } = await create()
    const row = await networks.update({ ctx, input: { id, name: 'renamed', adminStateUp: false } })
    expect(row).toMatchObject({ name: 'renamed', status: 'DOWN', adminStateUp: false })
  })

  test('lists page by page, in either order', async () => {
    for (const name of ['b', 'a', 'c']) await create({ name, subnet: undefined })
    const names: string[] = []
    let cursor: string | null | undefined
    do {
      const page = await networks.list({
        ctx,
        input: { limit: 2, cursor, shared: false, sort: { by: 'name', dir: 'asc' } },
      })
      names.push(...page.items.map((row) => row.name))
      cursor = page.nextCursor
    } while (cursor)
    expect(names).toEqual(['a', 'b', 'c'])
    const newest = await networks.list({ ctx, input: { shared: false } })
    expect(newest.items.map((row) => row.name)).toEqual(['c', 'a', 'b'])
  })

  test('stays within its quota, also with 20 requests at once', async () => {
    await cloud.db.quotaLimit.create({ data: { projectId, resource: 'networks', limit: 3 } })
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => create({ subnet: undefined })))
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'quota_exceeded' })
    expect(await cloud.db.network.count({ where: { projectId } })).toBe(3)
  })
})

describe('deleting a network', () => {
  test('is refused while ports are on it, naming their instances', async () => {
    const row = await create()
    const instance = await makeInstance(cloud, { projectId, name: 'web-1' })
    await cloud.db.port.create({
      data: {
        id: crypto.randomUUID(),
        networkId: row.id,
        projectId,
        macAddress: 'fa:16:3e:00:00:01',
        instanceId: instance.id,
      },
    })
    await ports.create({ ctx, input: { networkId: row.id } })
    await expect(networks.delete({ ctx, input: { id: row.id } })).rejects.toMatchObject({
      code: 'conflict',
      message: 'The network net is in use: 2 ports (instance web-1) use it.',
    })
    await expect(subnets.delete({ ctx, input: { id: row.subnets[0]!.id } })).rejects.toMatchObject({
      code: 'conflict',
    })
    expect((await networks.show({ ctx, input: { id: row.id } })).status).toBe('ACTIVE')
  })

  test('starts an operation; from then on it takes nothing more', async () => {
    const { id } = await create()
    const { operationId } = await networks.delete({ ctx, input: { id } })
    const operation = await cloud.db.operation.findUniqueOrThrow({ where: { id: operationId } })
    expect(operation).toMatchObject({ kind: 'network-delete', resourceId: id, projectId, status: 'queued' })
    expect(
      cloud.kicked.find(({ subject }) => subject === 'job.scheduler.any.network.delete')?.payload,
    ).toBeDefined()
    expect((await networks.show({ ctx, input: { id } })).status).toBe('DELETING')
    for (const call of [
      () => networks.delete({ ctx, input: { id } }),
      () => networks.update({ ctx, input: { id, name: 'x' } }),
      () => subnets.create({ ctx, input: { networkId: id, cidr: '10.1.0.0/24' } }),
      () => ports.create({ ctx, input: { networkId: id } }),
    ])
      await expect(call()).rejects.toMatchObject({ code: 'conflict' })
    await keepNetwork(ctx, id)
    expect((await networks.show({ ctx, input: { id } })).status).toBe('ACTIVE')
  })

  test('ends without any row or quota, and may end twice', async () => {
    const { id } = await create()
    await subnets.create({ ctx, input: { networkId: id, cidr: '10.1.0.0/24' } })
    await networks.delete({ ctx, input: { id } })
    await removeNetworkRows(ctx, id)
    await removeNetworkRows(ctx, id)
    expect(await cloud.db.port.count({ where: { networkId: id } })).toBe(0)
    expect(await cloud.db.addressAllocation.count({ where: { networkId: id } })).toBe(0)
    expect([await used('networks'), await used('subnets')]).toEqual([0, 0])
    await expect(networks.show({ ctx, input: { id } })).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('a subnet', () => {
  test('is added with an address on the one DHCP port, and removed with it', async () => {
    const { id, subnets: made } = await create()
    const second = await subnets.create({
      ctx,
      input: { networkId: id, cidr: '10.1.0.0/29', name: 'second' },
    })
    expect(second).toMatchObject({ networkId: id, name: 'second', used: 1, total: 5 })
    const dhcp = () =>
      cloud.db.port.findMany({
        where: { networkId: id, deviceOwner: dhcpOwner },
        include: { allocations: true },
      })
    expect((await dhcp()).map(({ allocations }) => allocations.length)).toEqual([2])
    await subnets.delete({ ctx, input: { id: second.id } })
    expect((await dhcp()).map(({ allocations }) => allocations.length)).toEqual([1])
    await subnets.delete({ ctx, input: { id: made[0]!.id } })
    expect(await dhcp()).toEqual([])
    expect(await used('subnets')).toBe(0)
    await expect(subnets.delete({ ctx, input: { id: second.id } })).rejects.toMatchObject({
      code: 'not_found',
    })
    await expect(subnets.delete({ ctx: await other(), input: { id: made[0]!.id } })).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  test('of ten overlapping ones made at once, one is made', async () => {
    const { id } = await create({ subnet: undefined })
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, (_, i) =>
        subnets.create({ ctx, input: { networkId: id, cidr: i % 2 ? '10.0.0.0/24' : '10.0.0.0/16' } }),
      ),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const result of results)
      if (result.status === 'rejected')
        expect(result.reason).toMatchObject({ code: 'invalid_input', field: 'cidr' })
    expect(await cloud.db.port.count({ where: { networkId: id } })).toBe(1)
    expect(await used('subnets')).toBe(1)
  })

  test('without DHCP makes no DHCP port', async () => {
    const { id, subnets: made } = await create({ subnet: { cidr: '10.0.0.0/24', enableDhcp: false } })
    expect(made[0]!.used).toBe(0)
    expect(await cloud.db.port.count({ where: { networkId: id } })).toBe(0)
  })
})

describe('a port', () => {
  let network: Network
  beforeEach(async () => {
    network = await makeNetwork(cloud, { projectId })
  })
  const make = (input: Partial<Parameters<typeof ports.create>[0]['input']> = {}) =>
    ports.create({ ctx, input: { networkId: network.id, ...input } })

  test('has a free address and a MAC, counts and goes again', async () => {
    const row = await make({ name: 'eth' })
    expect(row).toMatchObject({ name: 'eth', status: 'DOWN', projectId, instanceId: null, hostName: null })
    expect(row.fixedIps[0]!.ipAddress).toMatch(/^10\.0\.0\./)
    expect(row.macAddress).toMatch(/^fa:16:3e:/)
    expect(await used('ports')).toBe(1)
    expect((await ports.list({ ctx, input: { networkId: network.id } })).items).toEqual([row])
    expect((await ports.list({ ctx, input: { search: row.fixedIps[0]!.ipAddress } })).items).toEqual([row])
    expect(await ports.show({ ctx, input: { id: row.id } })).toEqual(row)
    const stranger = await other()
    await expect(ports.show({ ctx: stranger, input: { id: row.id } })).rejects.toMatchObject({
      code: 'not_found',
    })
    await expect(ports.delete({ ctx: stranger, input: { id: row.id } })).rejects.toMatchObject({
      code: 'not_found',
    })
    await ports.delete({ ctx, input: { id: row.id } })
    expect(await used('ports')).toBe(0)
    expect(await cloud.db.addressAllocation.count({ where: { networkId: network.id } })).toBe(0)
  })

  test('gets the address and MAC it asks for, once', async () => {
    const row = await make({ fixedIps: [{ ipAddress: '10.0.0.77' }], macAddress: 'FA-16-3E-12-34-56' })
    expect(row).toMatchObject({ macAddress: 'fa:16:3e:12:34:56', fixedIps: [{ ipAddress: '10.0.0.77' }] })
    await expect(make({ fixedIps: [{ ipAddress: '10.0.0.77' }] })).rejects.toMatchObject({ code: 'conflict' })
    await expect(make({ macAddress: 'fa:16:3e:12:34:56' })).rejects.toMatchObject({ code: 'conflict' })
    expect(await used('ports')).toBe(1)
    expect((await make({ fixedIps: [] })).fixedIps).toEqual([])
  })

  test.each([
    [{ fixedIps: [{ ipAddress: '10.0.0.0' }] }, 'fixedIps.0.ipAddress'],
    [{ fixedIps: [{ ipAddress: '10.0.0.255' }] }, 'fixedIps.0.ipAddress'],
    [{ fixedIps: [{ ipAddress: '10.0.0.1' }] }, 'fixedIps.0.ipAddress'],
    [{ fixedIps: [{ ipAddress: '10.0.1.1' }] }, 'fixedIps.0.ipAddress'],
    [{ fixedIps: [{ ipAddress: 'ten' }] }, 'fixedIps.0.ipAddress'],
    [{ fixedIps: [{ subnetId: 'none' }] }, 'fixedIps.0.subnetId'],
    [{ fixedIps: [{ ipAddress: '10.0.0.9' }, { ipAddress: '10.0.0.9' }] }, 'fixedIps.1.ipAddress'],
    [{ macAddress: '01:00:5e:00:00:01' }, 'macAddress'],
    [{ macAddress: 'mac' }, 'macAddress'],
    [{ fixedIps: Array.from({ length: 6 }, () => ({})) }, 'fixedIps'],
  ])('refuses %j', async (input, field) => {
    await expect(make(input)).rejects.toMatchObject({ code: 'invalid_input', field })
    expect(await cloud.db.port.count({ where: { networkId: network.id } })).toBe(0)
  })

  test('of an instance is detached first where a host has it; that of DHCP is not deleted by hand', async () => {
    const instance = await makeInstance(cloud, { projectId, name: 'web' })
    const fields = { networkId: network.id, projectId }
    const owned = await cloud.db.port.create({
      data: { ...fields, id: crypto.randomUUID(), macAddress: 'fa:16:3e:00:00:02', instanceId: instance.id },
    })
    const dhcp = await cloud.db.port.create({
      data: { ...fields, id: crypto.randomUUID(), macAddress: 'fa:16:3e:00:00:03', deviceOwner: dhcpOwner },
    })
    await expect(ports.delete({ ctx, input: { id: dhcp.id } })).rejects.toMatchObject({ code: 'conflict' })
    const { id: hostId } = await makeHost(cloud)
    await cloud.db.instance.update({
      where: { id: instance.id },
      data: { hostId, launchedAt: new Date(), vmState: 'suspended' },
    })
    await expect(ports.delete({ ctx, input: { id: owned.id } })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('suspended'),
    })
    await cloud.db.instance.update({ where: { id: instance.id }, data: { vmState: 'active' } })
    const { operationId } = await ports.delete({ ctx, input: { id: owned.id } })
    expect(await cloud.db.operation.findUniqueOrThrow({ where: { id: operationId! } })).toMatchObject({
      kind: 'instance-detach-interface',
      input: { portId: owned.id, remove: true },
    })
    // No host has it any more: nothing has to let go of the port.
    await cloud.db.instance.update({ where: { id: instance.id }, data: { hostId: null } })
    expect(await ports.delete({ ctx, input: { id: owned.id } })).toEqual({ id: owned.id, operationId: null })
    expect(await cloud.db.port.findUnique({ where: { id: owned.id } })).toBeNull()
  })
})
