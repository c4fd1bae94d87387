import { newId } from '@nephos/db'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Ctx } from '../kernel/index.ts'
import { networkVerbs, noteNetworkHost } from '../network/index.ts'
import {
  createTestCloud,
  ctxFor,
  eventsIn,
  makeHost,
  makeInstance,
  makeTenant,
  type TestCloud,
  uniqueName,
} from '../testing/index.ts'
import { computeVerbs, heartbeat, registerHost, signOff } from './index.ts'

const { flavors, hosts, instances, keyPairs } = computeVerbs
let cloud: TestCloud
let admin: Ctx
beforeAll(async () => {
  cloud = await createTestCloud()
  admin = ctxFor(cloud, { systemRole: 'admin' })
})
afterAll(() => cloud.close())

describe('flavors', () => {
  test('are made, changed, hidden and deleted by administrators', async () => {
    const { ctx } = await makeTenant(cloud)
    const name = uniqueName('m1')
    const sizes = { vcpus: 2, ramMib: 512, diskGib: 5 }
    const flavor = await flavors.create({ ctx: admin, input: { name, ...sizes } })
    expect(await flavors.show({ ctx, input: { id: flavor.id } })).toEqual(flavor)
    await expect(flavors.create({ ctx: admin, input: { name, ...sizes } })).rejects.toMatchObject({
      code: 'conflict',
      field: 'name',
    })
    await expect(flavors.create({ ctx, input: { name: 'x', ...sizes } })).rejects.toMatchObject({
      code: 'forbidden',
    })
    for (const bad of [{ vcpus: 0 }, { ramMib: 63 }, { diskGib: 0 }, { vcpus: 1.5 }])
      await expect(
        flavors.create({ ctx: admin, input: { name: 'x', ...sizes, ...bad } }),
      ).rejects.toMatchObject({ code: 'invalid_input', field: Object.keys(bad)[0] })

    const before = cloud.kicked.length
    await flavors.update({ ctx: admin, input: { id: flavor.id, isPublic: false } })
    expect(
      eventsIn(cloud.kicked.slice(before)).map(({ change, audience }) => `${change} ${audience.kind}`),
    ).toEqual(['deleted everyone', 'updated admin'])
    await expect(flavors.show({ ctx, input: { id: flavor.id } })).rejects.toMatchObject({
      code: 'not_found',
    })
    expect((await flavors.list({ ctx, input: { search: name } })).items).toEqual([])
    expect((await flavors.list({ ctx: admin, input: { search: name } })).items).toHaveLength(1)
    await flavors.delete({ ctx: admin, input: { id: flavor.id } })
    await expect(flavors.delete({ ctx: admin, input: { id: flavor.id } })).rejects.toMatchObject({
      code: 'not_found',
    })
  })
})

describe('key pairs', () => {
  test('belong to their user, have names of their own, and count', async () => {
    const [one, two] = await Promise.all([makeTenant(cloud), makeTenant(cloud)])
    const made = await keyPairs.create({ ctx: one.ctx, input: { name: 'mine' } })
    expect(made.privateKey).toContain('BEGIN OPENSSH PRIVATE KEY')
    expect(await keyPairs.show({ ctx: one.ctx, input: { id: made.id } })).not.toHaveProperty('privateKey')
    await expect(
      keyPairs.import({ ctx: one.ctx, input: { name: 'mine', publicKey: made.publicKey } }),
    ).rejects.toMatchObject({ code: 'conflict', field: 'name' })
    await keyPairs.import({ ctx: two.ctx, input: { name: 'mine', publicKey: made.publicKey } })
    for (const verb of [keyPairs.show, keyPairs.delete])
      await expect(verb({ ctx: two.ctx, input: { id: made.id } })).rejects.toMatchObject({
        code: 'not_found',
      })
    const used = () =>
      cloud.db.quotaUsage.findMany({ where: { scope: 'user', scopeId: one.user.id, resource: 'key_pairs' } })
    expect(await used()).toMatchObject([{ used: 1 }])
    expect(JSON.stringify(cloud.kicked)).not.toContain('PRIVATE KEY')
    await keyPairs.delete({ ctx: one.ctx, input: { id: made.id } })
    expect(await used()).toMatchObject([{ used: 0 }])
    expect((await keyPairs.list({ ctx: one.ctx, input: {} })).items).toEqual([])
  })
})

describe('hosts', () => {
  test('register in parts, are up while they are heard of, and can be closed', async () => {
    const name = uniqueName('host')
    const report = { name, zone: 'nova' }
    const inventory = { vcpus: 4, ramMib: 2048, diskGib: 50, facts: { cpu: 'test' } }
    const [id, same] = await Promise.all([
      registerHost(cloud.services, { ...report, inventory, computeDriver: 'simulated' }),
      registerHost(cloud.services, { ...report, networkDriver: 'linux' }),
    ])
    expect(same).toBe(id)
    const show = () => hosts.show({ ctx: admin, input: { id } })
    expect(await show()).toMatchObject({
      computeDriver: 'simulated',
      networkDriver: 'linux',
      reservedRamMib: 512,
      facts: { cpu: 'test' },
      up: false,
    })
    const service = {
      role: 'compute',
      hostName: name,
      hostId: id,
      pid: 7,
      version: '1',
      startedAt: new Date(),
    }
    const before = cloud.kicked.length
    await heartbeat(cloud.services, service)
    await heartbeat(cloud.services, service)
    expect(eventsIn(cloud.kicked.slice(before))).toHaveLength(1)
    expect(await show()).toMatchObject({ up: true, services: [{ role: 'compute', up: true, pid: 7 }] })
    await signOff(cloud.services, service)
    expect(await show()).toMatchObject({ up: false })

    const { generation } = await show()
    const closed = await hosts.update({
      ctx: admin,
      input: { id, enabled: false, disabledReason: 'new disk' },
    })
    expect(closed).toMatchObject({ enabled: false, disabledReason: 'new disk', generation: generation + 1 })
    expect(await hosts.update({ ctx: admin, input: { id, enabled: true } })).toMatchObject({
      enabled: true,
      disabledReason: null,
    })
    const { ctx } = await makeTenant(cloud, 'manager')
    await expect(hosts.list({ ctx, input: {} })).rejects.toMatchObject({ code: 'forbidden' })
  })

  test('take what administrators say about ratios and reserves, through every restart of their workers', async () => {
    const name = uniqueName('host')
    const inventory = { vcpus: 4, ramMib: 2048, diskGib: 50, facts: {} }
    const start = () => registerHost(cloud.services, { name, zone: 'nova', inventory })
    const id = await start()
    const changes = {
      vcpuRatio: 2,
      ramRatio: 1.5,
      diskRatio: 3,
      reservedVcpus: 1,
      reservedRamMib: 100,
      reservedDiskGib: 5,
    }
    expect(await hosts.update({ ctx: admin, input: { id, ...changes } })).toMatchObject({
      ...changes,
      enabled: true,
    })
    await start()
    expect(await hosts.show({ ctx: admin, input: { id } })).toMatchObject(changes)
    await expect(hosts.update({ ctx: admin, input: { id, reservedRamMib: 2049 } })).rejects.toMatchObject({
      code: 'invalid_input',
      field: 'reservedRamMib',
    })
    await expect(hosts.update({ ctx: admin, input: { id } })).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(hosts.update({ ctx: admin, input: { id, vcpuRatio: 0 } })).rejects.toMatchObject({
      code: 'invalid_input',
    })
  })

  test('keep the reason as long as they are disabled or under maintenance', async () => {
    const id = await registerHost(cloud.services, { name: uniqueName('host'), zone: 'nova' })
    const update = (input: object) => hosts.update({ ctx: admin, input: { id, ...input } })
    expect(await update({ maintenance: true, disabledReason: 'new fans' })).toMatchObject({
      enabled: true,
      maintenance: true,
      disabledReason: 'new fans',
    })
    expect(await update({ enabled: false })).toMatchObject({ disabledReason: 'new fans' })
    expect(await update({ maintenance: false })).toMatchObject({ enabled: false, disabledReason: 'new fans' })
    expect(await update({ enabled: true })).toMatchObject({ enabled: true, disabledReason: null })
  })

  test('are forgotten only when they are silent and empty, with all that was noted about them', async () => {
    const name = uniqueName('host')
    const id = await registerHost(cloud.services, { name, zone: 'nova' })
    const service = {
      role: 'compute',
      hostName: name,
      hostId: id,
      pid: 7,
      version: '1',
      startedAt: new Date(),
    }
    await heartbeat(cloud.services, service)
    const remove = () => hosts.delete({ ctx: admin, input: { id } })
    await expect(remove()).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('compute'),
    })
    await signOff(cloud.services, service)
    const { ctx, project } = await makeTenant(cloud)
    const { id: instanceId } = await makeInstance(cloud, { projectId: project.id, hostId: id })
    await expect(remove()).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('an instance'),
    })
    await cloud.db.instance.delete({ where: { id: instanceId } })
    const { id: networkId } = await networkVerbs.networks.create({ ctx, input: { name: 'net' } })
    await noteNetworkHost(cloud.services, networkId, name)
    const before = cloud.kicked.length
    await remove()
    expect(eventsIn(cloud.kicked.slice(before))).toMatchObject([{ noun: 'host', change: 'deleted', id }])
    expect(await cloud.db.networkHost.count({ where: { hostName: name } })).toBe(0)
    expect(await cloud.db.service.count({ where: { hostName: name } })).toBe(0)
    await expect(remove()).rejects.toMatchObject({ code: 'not_found' })
    // A worker that starts there makes it known again.
    expect(await registerHost(cloud.services, { name, zone: 'nova' })).not.toBe(id)
  })
})

test('what holds the room on a host is told, and what moves hold apart from it', async () => {
  const { ctx, project } = await makeTenant(cloud)
  const [here, there] = await Promise.all([makeHost(cloud), makeHost(cloud)])
  const size = { vcpus: 1, ramMib: 128, diskGib: 2 }
  const [stays, leaves] = await Promise.all(
    ['stays', 'leaves'].map((name) => makeInstance(cloud, { projectId: project.id, name, hostId: here.id })),
  )
  const moveId = newId()
  for (const [consumerId, instanceId, hostId] of [
    [stays!.id, stays!.id, here.id],
    // On its way: the move holds the source, the instance its destination.
    [moveId, leaves!.id, here.id],
    [leaves!.id, leaves!.id, there.id],
  ] as const)
    await cloud.db.allocation.create({ data: { consumerId, instanceId, hostId, ...size } })

  const of = async (id: string, input: object = {}) =>
    (await hosts.allocations({ ctx: admin, input: { id, ...input } })).items
  expect(await of(here.id)).toMatchObject([
    { id: stays!.id, instanceName: 'stays', projectId: project.id, purpose: 'instance', ...size },
    { id: moveId, instanceId: leaves!.id, instanceName: 'leaves', purpose: 'leaving' },
  ])
  expect(await of(here.id, { moves: true })).toMatchObject([{ id: moveId }])
  expect(await of(there.id, { moves: true })).toMatchObject([{ id: leaves!.id, purpose: 'arriving' }])
  const first = await hosts.allocations({ ctx: admin, input: { id: here.id, limit: 1 } })
  const second = await hosts.allocations({
    ctx: admin,
    input: { id: here.id, limit: 1, cursor: first.nextCursor },
  })
  expect([first.items[0]?.id, second.items[0]?.id, second.nextCursor]).toEqual([stays!.id, moveId, null])
  await expect(hosts.allocations({ ctx, input: { id: here.id } })).rejects.toMatchObject({
    code: 'forbidden',
  })
  await expect(hosts.allocations({ ctx: admin, input: { id: newId() } })).rejects.toMatchObject({
    code: 'not_found',
  })
})

describe('instances', () => {
  test('are listed page by page, filtered, and only to those who may see them', async () => {
    const { ctx, project } = await makeTenant(cloud)
    const host = await makeHost(cloud)
    const projectId = project.id
    for (const [name, state] of [
      ['a', { vmState: 'active' }],
      ['b', { vmState: 'active', taskState: 'rebooting' }],
      ['c', { vmState: 'stopped' }],
    ] as const)
      await makeInstance(cloud, { projectId, name, hostId: host.id, ...state })
    const names: string[] = []
    let cursor: string | null | undefined
    do {
      const page = await instances.list({
        ctx,
        input: { limit: 2, cursor, sort: { by: 'name', dir: 'desc' } },
      })
      names.push(...page.items.map(({ name }) => name))
      cursor = page.nextCursor
    } while (cursor)
    expect(names).toEqual(['c', 'b', 'a'])
    const filtered = async (input: Parameters<typeof instances.list>[0]['input']) =>
      (await instances.list({ ctx, input: { sort: { by: 'name', dir: 'asc' }, ...input } })).items.map(
        ({ name }) => name,
      )
    expect(await filtered({ status: 'ACTIVE' })).toEqual(['a'])
    expect(await filtered({ status: ['REBOOT', 'SHUTOFF'] })).toEqual(['b', 'c'])
    expect(await filtered({ search: 'b' })).toEqual(['b'])
    await expect(filtered({ status: 'NONSENSE' })).rejects.toMatchObject({ code: 'invalid_input' })
    for (const input of [{ allProjects: true }, { hostId: host.id }])
      await expect(filtered(input)).rejects.toMatchObject({ code: 'forbidden' })

    const seen = await instances.list({ ctx: admin, input: { allProjects: true, hostId: host.id } })
    expect(seen.items.map(({ hostName }) => hostName)).toEqual(Array(3).fill(host.name))
    const stranger = (await makeTenant(cloud)).ctx
    const { id } = seen.items[0]!
    for (const call of [
      () => instances.show({ ctx: stranger, input: { id } }),
      () => instances.delete({ ctx: stranger, input: { id } }),
      () => instances.rename({ ctx: stranger, input: { id, name: 'x' } }),
      () => instances.console({ ctx: stranger, input: { id } }),
    ])
      await expect(call()).rejects.toMatchObject({ code: 'not_found' })
  })

  test('a rename changes the name only; actions say why they are refused', async () => {
    const { ctx, project } = await makeTenant(cloud)
    const host = await makeHost(cloud)
    const instance = await makeInstance(cloud, {
      projectId: project.id,
      hostId: host.id,
      vmState: 'active',
      launchedAt: new Date(),
    })
    const { id } = instance
    expect(await instances.rename({ ctx, input: { id, name: ' New name ' } })).toMatchObject({
      name: 'New name',
      generation: instance.generation,
    })
    await expect(instances.start({ ctx, input: { id } })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('must be stopped'),
    })
    const stopped = await instances.stop({ ctx, input: { id } })
    expect(stopped.instance).toMatchObject({ taskState: 'powering-off', generation: instance.generation + 1 })
    await expect(instances.stop({ ctx, input: { id } })).rejects.toMatchObject({ code: 'conflict' })
    await cloud.db.instance.update({ where: { id }, data: { locked: true, taskState: null } })
    await expect(instances.delete({ ctx, input: { id } })).rejects.toMatchObject({
      code: 'conflict',
      message: 'The instance is locked.',
    })
    const first = await instances.delete({ ctx: admin, input: { id } })
    const again = await instances.delete({ ctx: admin, input: { id } })
    expect(again.operationId).toBe(first.operationId)
    const operations = await cloud.db.operation.findMany({
      where: { resourceId: id },
      orderBy: { id: 'asc' },
    })
    expect(operations.map(({ kind, cancelRequested }) => [kind, cancelRequested])).toEqual([
      ['instance-stop', true],
      ['instance-delete', false],
    ])
  })

  test('of many actions at once on one instance, one is accepted', async () => {
    const { ctx, project } = await makeTenant(cloud)
    const host = await makeHost(cloud)
    const { id } = await makeInstance(cloud, {
      projectId: project.id,
      hostId: host.id,
      vmState: 'active',
      launchedAt: new Date(),
    })
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, () => instances.stop({ ctx, input: { id } })),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await cloud.db.operation.count({ where: { resourceId: id } })).toBe(1)
  })
})
