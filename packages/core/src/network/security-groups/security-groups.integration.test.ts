import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { computeVerbs } from '../../compute/index.ts'
import type { Ctx } from '../../kernel/index.ts'
import {
  createTestCloud,
  ctxFor,
  eventsIn,
  makeFlavor,
  makeHost,
  makeImage,
  makeInstance,
  makeNetwork,
  makeTenant,
  type TestCloud,
} from '../../testing/index.ts'
import { networkVerbs } from '../index.ts'
import { ensureDefaultGroup } from './default-group.ts'

const { securityGroups, securityGroupRules, ports } = networkVerbs
let cloud: TestCloud
let admin: Ctx
beforeAll(async () => {
  cloud = await createTestCloud()
  admin = ctxFor(cloud, { systemRole: 'admin' })
})
afterAll(() => cloud?.close())

const used = async (projectId: string) =>
  Object.fromEntries(
    (await cloud.db.quotaUsage.findMany({ where: { scopeId: projectId } })).map((row) => [
      row.resource,
      Number(row.used),
    ]),
  )
const groupsOf = async (portId: string) =>
  (await cloud.db.portSecurityGroup.findMany({ where: { portId } })).map(({ groupId }) => groupId).sort()

/** Whether a transaction waits for another one. */
const waitsForLock = async () => {
  const [row] = await cloud.db.$queryRaw<{ waiting: boolean }[]>`
    SELECT count(*) > 0 AS waiting FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`
  return row?.waiting === true
}

describe('the default group', () => {
  test('is made once, however many need it at once, with its four rules', async () => {
    const { ctx, project } = await makeTenant(cloud)
    const lists = await Promise.all(Array.from({ length: 8 }, () => securityGroups.list({ ctx, input: {} })))
    expect(new Set(lists.flatMap(({ items }) => items.map(({ id }) => id))).size).toBe(1)
    const group = lists[0]!.items[0]!
    expect(group).toMatchObject({ name: 'default', isDefault: true, stateful: true, ruleCount: 4 })
    const { rules } = await securityGroups.show({ ctx, input: { id: group.id } })
    expect(
      rules.map(({ direction, ethertype, remoteGroupId }) => [direction, ethertype, remoteGroupId]),
    ).toEqual(
      expect.arrayContaining([
        ['ingress', 'IPv4', group.id],
        ['ingress', 'IPv6', group.id],
        ['egress', 'IPv4', null],
        ['egress', 'IPv6', null],
      ]),
    )
    expect(await used(project.id)).toMatchObject({ security_groups: 1, security_group_rules: 4 })
  })

  test('comes with a new project; it is neither renamed nor deleted, but by an administrator', async () => {
    const { ctx, project } = await makeTenant(cloud)
    const { id } = await cloud.db.$transaction((db) => ensureDefaultGroup(db, project.id))
    await expect(securityGroups.update({ ctx, input: { id, name: 'mine' } })).rejects.toMatchObject({
      code: 'conflict',
      field: 'name',
    })
    await expect(securityGroups.delete({ ctx, input: { id } })).rejects.toMatchObject({ code: 'conflict' })
    await expect(securityGroups.create({ ctx, input: { name: 'Default' } })).rejects.toMatchObject({
      code: 'conflict',
    })
    await securityGroups.delete({ ctx: admin, input: { id } })
    expect(await used(project.id)).toMatchObject({ security_groups: 0, security_group_rules: 0 })
    const again = await securityGroups.list({ ctx, input: {} })
    expect(again.items).toHaveLength(1)
    expect(again.items[0]!.id).not.toBe(id)
  })
})

describe('groups', () => {
  test('begin with two rules, say what they are, and are announced with their row', async () => {
    const { ctx, project } = await makeTenant(cloud)
    const from = cloud.kicked.length
    const group = await securityGroups.create({ ctx, input: { name: 'web', stateful: false } })
    expect(group).toMatchObject({ stateful: false, isDefault: false, ruleCount: 2, portCount: 0 })
    await securityGroups.update({ ctx, input: { id: group.id, description: 'servers', stateful: true } })
    await securityGroups.delete({ ctx, input: { id: group.id } })
    const events = eventsIn(cloud.kicked.slice(from)).filter(({ noun }) => noun === 'security_group')
    expect(events).toMatchObject([
      { change: 'created', data: { id: group.id, ruleCount: 2 } },
      { change: 'updated', data: { description: 'servers', stateful: true } },
      { change: 'deleted', data: null, audience: { kind: 'project', projectId: project.id } },
    ])
    expect(await cloud.db.audit.count({ where: { resourceId: group.id } })).toBe(3)
  })

  test('are as many as the quota says, and their rules, too', async () => {
    const { ctx, project } = await makeTenant(cloud)
    await cloud.db.quotaLimit.createMany({
      data: [
        { projectId: project.id, resource: 'security_groups', limit: 1 },
        { projectId: project.id, resource: 'security_group_rules', limit: 3 },
      ],
    })
    const made = await Promise.allSettled(
      ['a', 'b', 'c'].map((name) => securityGroups.create({ ctx, input: { name } })),
    )
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const group = await cloud.db.securityGroup.findFirstOrThrow({ where: { projectId: project.id } })
    const rule = (portMin: number) =>
      securityGroupRules.create({
        ctx,
        input: {
          securityGroupId: group.id,
          direction: 'ingress',
          protocol: 'tcp',
          portMin,
          portMax: portMin,
        },
      })
    const { id } = await rule(22)
    await expect(rule(80)).rejects.toMatchObject({ code: 'quota_exceeded' })
    await securityGroupRules.delete({ ctx, input: { id } })
    await rule(80)
    expect(await used(project.id)).toMatchObject({ security_groups: 1, security_group_rules: 3 })
  })
})

describe('rules', () => {
  const world = async () => {
    const { ctx, project } = await makeTenant(cloud)
    const group = await securityGroups.create({ ctx, input: { name: 'web' } })
    const create = (input: Record<string, unknown>) =>
      securityGroupRules.create({
        ctx,
        input: { securityGroupId: group.id, direction: 'ingress', ...input } as never,
      })
    return { ctx, project, group, create }
  }

  test('the same twice is refused with the id of the first, also when both come at once', async () => {
    const { create } = await world()
    const ssh = { protocol: 'tcp', portMin: 22, portMax: 22 }
    const answers = await Promise.allSettled([create(ssh), create({ ...ssh, protocol: '6' })])
    const first = answers.find((one) => one.status === 'fulfilled')!
    const second = answers.find((one) => one.status === 'rejected')!
    expect(second.reason).toMatchObject({ code: 'conflict', detail: { ruleId: first.value.id } })
    await expect(create({ ...ssh, remoteIpPrefix: '0.0.0.0/0' })).rejects.toMatchObject({
      message: expect.stringContaining(first.value.id),
    })
    await create({ ...ssh, remoteIpPrefix: '192.0.2.7' })
    await expect(create({ ...ssh, remoteIpPrefix: '192.0.2.7/32' })).rejects.toMatchObject({
      code: 'conflict',
    })
  })

  test('name only groups of their own project', async () => {
    const [mine, theirs] = [await world(), await world()]
    await expect(mine.create({ remoteGroupId: theirs.group.id })).rejects.toMatchObject({
      code: 'invalid_input',
      field: 'remoteGroupId',
    })
    expect(await mine.create({ remoteGroupId: mine.group.id })).toMatchObject({ remoteGroupName: 'web' })
  })

  test('that name a group go with it, and their groups are announced', async () => {
    const { ctx, project, group, create } = await world()
    const other = await securityGroups.create({ ctx, input: { name: 'clients' } })
    await create({ remoteGroupId: other.id })
    expect((await securityGroups.show({ ctx, input: { id: other.id } })).namedBy).toEqual([
      { id: group.id, name: 'web', ruleCount: 1 },
    ])
    const from = cloud.kicked.length
    await securityGroups.delete({ ctx, input: { id: other.id } })
    expect(eventsIn(cloud.kicked.slice(from))).toMatchObject([
      { change: 'deleted', id: other.id },
      { change: 'updated', id: group.id, data: { ruleCount: 2 } },
    ])
    expect(await used(project.id)).toMatchObject({ security_groups: 1, security_group_rules: 2 })
  })
})

describe('a port', () => {
  const world = async () => {
    const { ctx, project } = await makeTenant(cloud)
    const network = await makeNetwork(cloud, { projectId: project.id })
    const open = await makeNetwork(cloud, { projectId: project.id, portSecurity: false })
    const [web, db] = [
      await securityGroups.create({ ctx, input: { name: 'web' } }),
      await securityGroups.create({ ctx, input: { name: 'db' } }),
    ]
    return { ctx, project, network, open, web, db }
  }

  test('is in the default group, in those it names, or in none', async () => {
    const { ctx, project, network, open, web } = await world()
    const make = (networkId: string, securityGroupIds?: string[]) =>
      ports.create({ ctx, input: { networkId, securityGroupIds } })
    const plain = await make(network.id)
    expect(plain).toMatchObject({ portSecurity: true, securityGroups: [{ name: 'default' }] })
    expect((await make(network.id, [web.id])).securityGroups).toEqual([{ id: web.id, name: 'web' }])
    expect((await make(network.id, [])).securityGroups).toEqual([])
    expect(await make(open.id)).toMatchObject({ portSecurity: false, securityGroups: [] })
    await expect(make(open.id, [web.id])).rejects.toMatchObject({
      code: 'invalid_input',
      field: 'securityGroupIds',
    })
    const stranger = await world()
    await expect(make(network.id, [web.id, stranger.web.id])).rejects.toMatchObject({
      code: 'invalid_input',
      field: 'securityGroupIds.1',
    })
    expect(await used(project.id)).toMatchObject({ ports: 4, security_groups: 3 })
  })

  test('changes its groups, which are then in use, and are free when it is gone', async () => {
    const { ctx, network, open, web, db } = await world()
    const port = await ports.create({ ctx, input: { networkId: network.id, name: 'one' } })
    const set = (id: string, securityGroupIds: string[]) =>
      ports.setSecurityGroups({ ctx, input: { id, securityGroupIds } })
    const from = cloud.kicked.length
    expect((await set(port.id, [web.id, db.id])).securityGroups).toHaveLength(2)
    const events = eventsIn(cloud.kicked.slice(from))
    expect(events.filter(({ noun }) => noun === 'port')).toMatchObject([
      { id: port.id, data: { securityGroups: expect.arrayContaining([{ id: web.id, name: 'web' }]) } },
    ])
    expect(events.filter(({ noun }) => noun === 'security_group')).toHaveLength(3)
    await expect(securityGroups.delete({ ctx, input: { id: web.id } })).rejects.toMatchObject({
      code: 'conflict',
      message: 'The security group web is in use: 1 port is in it (port one).',
      detail: { ports: 1, portIds: [port.id] },
    })
    await expect(
      securityGroups.update({ ctx, input: { id: web.id, stateful: false } }),
    ).rejects.toMatchObject({ code: 'conflict', field: 'stateful' })
    const stateless = await securityGroups.create({ ctx, input: { name: 'bare', stateful: false } })
    await expect(set(port.id, [web.id, stateless.id])).rejects.toMatchObject({ code: 'invalid_input' })
    const unsecured = await ports.create({ ctx, input: { networkId: open.id } })
    await expect(set(unsecured.id, [web.id])).rejects.toMatchObject({ code: 'conflict' })
    expect((await set(unsecured.id, [])).securityGroups).toEqual([])
    await ports.delete({ ctx, input: { id: port.id } })
    await securityGroups.delete({ ctx, input: { id: web.id } })
  })

  test('leaves its groups in the step that switches port security off, and joins some in the one back', async () => {
    const { ctx, network, web, db } = await world()
    const port = await ports.create({
      ctx,
      input: { networkId: network.id, securityGroupIds: [web.id, db.id] },
    })
    const update = (input: { portSecurity: boolean; securityGroupIds?: string[] }) =>
      ports.update({ ctx, input: { id: port.id, ...input } })
    await expect(update({ portSecurity: false })).rejects.toMatchObject({
      code: 'conflict',
      field: 'portSecurity',
      detail: { reason: 'port_has_security_groups' },
    })
    const from = cloud.kicked.length
    expect(await update({ portSecurity: false, securityGroupIds: [] })).toMatchObject({
      portSecurity: false,
      securityGroups: [],
    })
    const events = eventsIn(cloud.kicked.slice(from))
    expect(events.filter(({ noun }) => noun === 'security_group').map(({ id }) => id)).toEqual(
      [web.id, db.id].sort(),
    )
    expect(events.filter(({ noun }) => noun === 'port').at(-1)).toMatchObject({
      data: { portSecurity: false, securityGroups: [] },
    })
    await expect(update({ portSecurity: false, securityGroupIds: [web.id] })).rejects.toMatchObject({
      code: 'conflict',
      field: 'securityGroupIds',
    })
    expect(await update({ portSecurity: true, securityGroupIds: [web.id] })).toMatchObject({
      portSecurity: true,
      securityGroups: [{ id: web.id }],
    })
  })
})

test('a group that is deleted while instances that name it are made is a conflict, and nothing is left', async () => {
  const { ctx, project } = await makeTenant(cloud)
  const [flavor, image, network] = await Promise.all([
    makeFlavor(cloud),
    makeImage(cloud, { projectId: project.id }),
    makeNetwork(cloud, { projectId: project.id }),
  ])
  const web = await securityGroups.create({ ctx, input: { name: 'web' } })
  let create: Promise<unknown> | undefined
  await cloud.db.$transaction(
    async (db) => {
      await db.securityGroup.delete({ where: { id: web.id } })
      create = computeVerbs.instances.create({
        ctx,
        input: {
          name: 'i',
          flavorId: flavor.id,
          imageId: image.id,
          networkIds: [network.id],
          securityGroupIds: [web.id],
        },
      })
      create.catch(() => undefined)
      // It has seen the group, and now waits to write that its port is in it.
      await expect.poll(waitsForLock, { timeout: 20_000 }).toBe(true)
    },
    { timeout: 30_000 },
  )
  await expect(create).rejects.toMatchObject({ code: 'conflict', field: 'securityGroupIds.0' })
  expect(await cloud.db.instance.count({ where: { projectId: project.id } })).toBe(0)
  expect(await used(project.id)).not.toHaveProperty('instances')
})

test('a batch of instances is in the groups that were named, and joins and leaves others as a whole', async () => {
  const { ctx, project } = await makeTenant(cloud)
  const [flavor, image, network, second] = await Promise.all([
    makeFlavor(cloud),
    makeImage(cloud, { projectId: project.id }),
    makeNetwork(cloud, { projectId: project.id }),
    makeNetwork(cloud, { projectId: project.id }),
  ])
  const web = await securityGroups.create({ ctx, input: { name: 'web' } })
  const create = (securityGroupIds?: string[]) =>
    computeVerbs.instances.create({
      ctx,
      input: {
        name: 'i',
        count: 2,
        flavorId: flavor.id,
        imageId: image.id,
        networkIds: [network.id, second.id],
        securityGroupIds,
      },
    })
  const portsOf = (instanceId: string) => cloud.db.port.findMany({ where: { instanceId } })
  const plain = await create()
  const fallback = await cloud.db.securityGroup.findUniqueOrThrow({ where: { defaultOf: project.id } })
  for (const { id } of plain.instances)
    for (const port of await portsOf(id)) expect(await groupsOf(port.id)).toEqual([fallback.id])
  const named = await create([web.id])
  const [first] = named.instances
  for (const port of await portsOf(first!.id)) expect(await groupsOf(port.id)).toEqual([web.id])
  await expect(create(['nothing'])).rejects.toMatchObject({
    code: 'invalid_input',
    field: 'securityGroupIds.0',
  })

  const input = { id: first!.id, securityGroupId: fallback.id }
  expect(await computeVerbs.instances.addSecurityGroup({ ctx, input })).toEqual({ id: first!.id, ports: 2 })
  expect(await computeVerbs.instances.addSecurityGroup({ ctx, input })).toEqual({ id: first!.id, ports: 0 })
  const shown = await computeVerbs.instances.show({ ctx, input: { id: first!.id } })
  expect(shown.ports.map(({ securityGroups }) => securityGroups.map(({ name }) => name).sort())).toEqual([
    ['default', 'web'],
    ['default', 'web'],
  ])
  expect(await computeVerbs.instances.removeSecurityGroup({ ctx, input })).toMatchObject({ ports: 2 })
  await expect(computeVerbs.instances.removeSecurityGroup({ ctx, input })).rejects.toMatchObject({
    code: 'not_found',
  })
  const bare = await makeInstance(cloud, { projectId: project.id })
  await expect(
    computeVerbs.instances.addSecurityGroup({ ctx, input: { ...input, id: bare.id } }),
  ).rejects.toMatchObject({ code: 'conflict' })
})

// Last: from here on the cloud has a host.
test('where no host can filter, no rule is taken on; where one cannot, that is said', async () => {
  const { ctx } = await makeTenant(cloud)
  const group = await securityGroups.create({ ctx, input: { name: 'web' } })
  const facts = { network: { noSecurityGroups: 'No br_netfilter.' } }
  const host = await makeHost(cloud, { facts })
  const create = () =>
    securityGroupRules.create({ ctx, input: { securityGroupId: group.id, direction: 'ingress' } })
  await expect(create()).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining('No br_netfilter.'),
  })
  const able = await makeHost(cloud, {})
  await create()
  const show = (by: Ctx) => securityGroups.show({ ctx: by, input: { id: group.id } })
  expect((await show(ctx)).notApplied).toEqual([{ name: null, reason: 'No br_netfilter.' }])
  expect((await show(admin)).notApplied).toEqual([{ name: host.name, reason: 'No br_netfilter.' }])
  await cloud.db.host.deleteMany({ where: { id: { in: [host.id, able.id] } } }).catch(() => undefined)
})
