import { newId } from '@nephos/db'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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
import { computeVerbs } from '../index.ts'

const { serverGroups, instances } = computeVerbs
let cloud: TestCloud
let admin: Ctx
beforeAll(async () => {
  cloud = await createTestCloud()
  admin = ctxFor(cloud, { systemRole: 'admin' })
})
afterAll(() => cloud.close())

const used = (projectId: string) =>
  cloud.db.quotaUsage
    .findFirst({ where: { scopeId: projectId, resource: 'server_groups' } })
    .then((row) => Number(row?.used ?? 0))

test('a group is made, listed with its members, and deleted, which lets them stay', async () => {
  const { ctx, project } = await makeTenant(cloud)
  const from = cloud.kicked.length
  const group = await serverGroups.create({
    ctx,
    input: { name: 'database', policy: 'anti-affinity', maxPerHost: 2 },
  })
  expect(group).toMatchObject({ policy: 'anti-affinity', maxPerHost: 2, memberCount: 0 })
  expect(await used(project.id)).toBe(1)
  const host = await makeHost(cloud)
  const member = await makeInstance(cloud, {
    projectId: project.id,
    serverGroupId: group.id,
    hostId: host.id,
  })
  expect((await serverGroups.list({ ctx, input: {} })).items).toMatchObject([
    { id: group.id, memberCount: 1 },
  ])
  const show = (by: Ctx) => serverGroups.show({ ctx: by, input: { id: group.id } })
  expect((await show(ctx)).members).toMatchObject([
    { id: member.id, name: member.name, status: 'ACTIVE', vmState: 'active', hostName: null },
  ])
  expect((await show(admin)).members).toMatchObject([{ hostName: host.name }])
  await serverGroups.delete({ ctx, input: { id: group.id } })
  expect((await cloud.db.instance.findUniqueOrThrow({ where: { id: member.id } })).serverGroupId).toBeNull()
  expect(await used(project.id)).toBe(0)
  const announced = eventsIn(cloud.kicked.slice(from)).filter(({ noun }) => noun === 'server-group')
  expect(announced.map(({ change, audience }) => [change, audience])).toEqual([
    ['created', { kind: 'project', projectId: project.id }],
    ['deleted', { kind: 'project', projectId: project.id }],
  ])
})

test('only anti-affinity says how many members a host may have', async () => {
  const { ctx } = await makeTenant(cloud)
  await expect(
    serverGroups.create({ ctx, input: { name: 'g', policy: 'affinity', maxPerHost: 2 } }),
  ).rejects.toMatchObject({ code: 'invalid_input', field: 'maxPerHost' })
})

test('a project has as many groups as its quota says, also when they are asked for at once', async () => {
  const { ctx, project } = await makeTenant(cloud)
  await cloud.db.quotaLimit.create({
    data: { projectId: project.id, resource: 'server_groups', limit: 2 },
  })
  const answers = await Promise.allSettled(
    ['a', 'b', 'c', 'd'].map((name) => serverGroups.create({ ctx, input: { name, policy: 'affinity' } })),
  )
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(2)
  for (const answer of answers)
    if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'quota_exceeded' })
  expect(await used(project.id)).toBe(2)
})

describe('a new instance', () => {
  const world = async () => {
    const { ctx, project } = await makeTenant(cloud)
    const [flavor, image, network] = await Promise.all([
      makeFlavor(cloud),
      makeImage(cloud, { projectId: project.id }),
      makeNetwork(cloud, { projectId: project.id }),
    ])
    const create = (fields: { count?: number; serverGroupId?: string; hints?: { group?: string } }) =>
      instances.create({
        ctx,
        input: { name: 'db', flavorId: flavor.id, imageId: image.id, networkIds: [network.id], ...fields },
      })
    const group = await serverGroups.create({ ctx, input: { name: 'g', policy: 'anti-affinity' } })
    const members = () => cloud.db.instance.count({ where: { serverGroupId: group.id } })
    return { ctx, project, create, group, members }
  }

  test('joins the group that is named, by itself or as a hint', async () => {
    const { create, group, members } = await world()
    await create({ serverGroupId: group.id, count: 2 })
    await create({ hints: { group: group.id } })
    await create({})
    expect(await members()).toBe(3)
    await expect(create({ serverGroupId: group.id, hints: { group: newId() } })).rejects.toMatchObject({
      code: 'invalid_input',
      field: 'hints.group',
    })
  })

  test('does not join a group that is full or another project’s', async () => {
    const { project, create, group, members } = await world()
    await cloud.db.quotaLimit.create({
      data: { projectId: project.id, resource: 'server_group_members', limit: 3 },
    })
    const answers = await Promise.allSettled(
      [1, 1, 1, 1, 1].map((count) => create({ serverGroupId: group.id, count })),
    )
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(3)
    expect(await members()).toBe(3)
    await expect(create({ serverGroupId: group.id })).rejects.toMatchObject({
      code: 'quota_exceeded',
      field: 'serverGroupId',
    })
    const stranger = await world()
    await expect(create({ serverGroupId: stranger.group.id })).rejects.toMatchObject({
      code: 'invalid_input',
      field: 'serverGroupId',
    })
    expect(await stranger.members()).toBe(0)
  })
})
