import { afterAll, beforeAll, expect, test } from 'vitest'
import { computeVerbs } from '../../compute/index.ts'
import { deleteProject } from '../../identity/index.ts'
import type { Ctx } from '../../kernel/index.ts'
import { findQuotaDrift } from '../../kernel/recount-quota.ts'
import {
  createTestCloud,
  ctxFor,
  eventsIn,
  makeFlavor,
  makeImage,
  makeProject,
  makeTenant,
  makeUser,
  type TestCloud,
} from '../../testing/index.ts'
import { networkVerbs } from '../index.ts'

const { networks, subnets, ports, floatingIps, rbacPolicies } = networkVerbs
let cloud: TestCloud
let admin: Ctx
beforeAll(async () => {
  cloud = await createTestCloud()
  const project = await makeProject(cloud)
  const user = await makeUser(cloud, { project, role: 'admin' })
  admin = ctxFor(cloud, { user, project, role: 'admin', systemRole: 'admin' })
})
afterAll(() => cloud?.close())

const subnet = { cidr: '10.0.0.0/24' }
const listed = async (ctx: Ctx, id: string) =>
  (await networks.list({ ctx, input: {} })).items.find((network) => network.id === id)
const drift = async (projectId: string) =>
  (await findQuotaDrift(cloud.db)).filter(({ scopeId }) => scopeId === projectId)

/** An owner with a network, somebody that it is to be given to, and a stranger. */
async function world() {
  const [owner, friend, stranger] = [
    await makeTenant(cloud),
    await makeTenant(cloud),
    await makeTenant(cloud),
  ]
  const network = await networks.create({ ctx: owner.ctx, input: { name: 'lan', subnet } })
  const give = (targetProject = friend.project.id, ctx = owner.ctx) =>
    rbacPolicies.create({ ctx, input: { networkId: network.id, targetProject } })
  return { owner, friend, stranger, network, give }
}

test('a network that is given to one project is seen and used by it alone, until it is taken back', async () => {
  const { owner, friend, stranger, network, give } = await world()
  expect(await listed(friend.ctx, network.id)).toBeUndefined()
  const from = cloud.kicked.length
  const policy = await give()
  expect(policy).toMatchObject({
    networkId: network.id,
    networkName: 'lan',
    action: 'access_as_shared',
    targetProject: friend.project.id,
  })
  expect(await listed(friend.ctx, network.id)).toMatchObject({
    projectId: owner.project.id,
    shared: false,
    forEveryone: false,
    sharedWith: [{ action: 'access_as_shared', projectId: friend.project.id }],
  })
  expect(await listed(stranger.ctx, network.id)).toBeUndefined()
  expect((await subnets.list({ ctx: friend.ctx, input: {} })).items).toHaveLength(1)
  const told = eventsIn(cloud.kicked.slice(from)).filter(({ noun }) => noun === 'network')
  expect(told.map(({ audience }) => audience)).toEqual([
    { kind: 'project', projectId: owner.project.id },
    { kind: 'project', projectId: friend.project.id },
  ])

  // Nobody who was given it learns to whom else it was.
  await give(stranger.project.id)
  expect((await listed(friend.ctx, network.id))?.sharedWith).toHaveLength(1)
  expect((await listed(owner.ctx, network.id))?.sharedWith).toHaveLength(2)

  const port = await ports.create({ ctx: friend.ctx, input: { networkId: network.id } })
  expect(port.projectId).toBe(friend.project.id)
  const [flavor, image] = await Promise.all([
    makeFlavor(cloud),
    makeImage(cloud, { projectId: friend.project.id }),
  ])
  const { instances } = await computeVerbs.instances.create({
    ctx: friend.ctx,
    input: { name: 'i', flavorId: flavor.id, imageId: image.id },
  })
  expect(await cloud.db.port.count({ where: { networkId: network.id, instanceId: instances[0]!.id } })).toBe(
    1,
  )
  await expect(
    networks.update({ ctx: friend.ctx, input: { id: network.id, name: 'mine' } }),
  ).rejects.toMatchObject({ code: 'forbidden' })
  await expect(
    rbacPolicies.create({
      ctx: friend.ctx,
      input: { networkId: network.id, targetProject: stranger.project.id },
    }),
  ).rejects.toMatchObject({ code: 'forbidden' })

  const takeBack = () => rbacPolicies.delete({ ctx: owner.ctx, input: { id: policy.id } })
  await expect(takeBack()).rejects.toMatchObject({
    code: 'conflict',
    detail: { reason: 'used_by_other_projects', ports: 2 },
  })
  await ports.delete({ ctx: friend.ctx, input: { id: port.id } })
  await computeVerbs.instances
    .forceDelete({ ctx: friend.ctx, input: { id: instances[0]!.id } })
    .catch(() => 0)
  await cloud.db.addressAllocation.deleteMany({ where: { port: { instanceId: instances[0]!.id } } })
  await cloud.db.port.deleteMany({ where: { instanceId: instances[0]!.id } })
  const before = cloud.kicked.length
  await takeBack()
  expect(await listed(friend.ctx, network.id)).toBeUndefined()
  await expect(networks.show({ ctx: friend.ctx, input: { id: network.id } })).rejects.toMatchObject({
    code: 'not_found',
  })
  const gone = eventsIn(cloud.kicked.slice(before)).filter(({ noun }) => noun === 'network')
  expect(gone[0]).toMatchObject({
    change: 'deleted',
    audience: { kind: 'project', projectId: friend.project.id },
  })
  expect(gone.slice(1).map(({ audience }) => audience)).not.toContainEqual(gone[0]!.audience)
})

test('every project and the way out are an administrator’s to give, and follow the switches of the network', async () => {
  const { owner, friend, stranger, network, give } = await world()
  await expect(give('*')).rejects.toMatchObject({ code: 'forbidden', field: 'targetProject' })
  await expect(
    rbacPolicies.create({
      ctx: owner.ctx,
      input: {
        networkId: network.id,
        targetProject: friend.project.id,
        action: 'access_as_external',
      },
    }),
  ).rejects.toMatchObject({ code: 'forbidden', field: 'action' })

  const all = await give('*', admin)
  expect(await listed(stranger.ctx, network.id)).toMatchObject({ shared: true, forEveryone: true })
  await give()
  await ports.create({ ctx: friend.ctx, input: { networkId: network.id } })
  await ports.create({ ctx: stranger.ctx, input: { networkId: network.id } })
  const unshare = () => networks.update({ ctx: admin, input: { id: network.id, shared: false } })
  // The port of whom it is given to by name is no reason against it.
  await expect(unshare()).rejects.toMatchObject({ code: 'conflict', detail: { ports: 1 } })
  await expect(rbacPolicies.delete({ ctx: admin, input: { id: all.id } })).rejects.toMatchObject({
    detail: { ports: 1 },
  })
  await ports.delete({
    ctx: stranger.ctx,
    input: { id: (await ports.list({ ctx: stranger.ctx, input: {} })).items[0]!.id },
  })
  await unshare()
  const left = await rbacPolicies.list({ ctx: owner.ctx, input: { networkId: network.id } })
  expect(left.items.map(({ targetProject }) => targetProject)).toEqual([friend.project.id])
  expect(await listed(stranger.ctx, network.id)).toBeUndefined()
  expect(await listed(friend.ctx, network.id)).toMatchObject({ shared: false })
  await networks.update({ ctx: admin, input: { id: network.id, shared: true } })
  const again = await rbacPolicies.list({ ctx: owner.ctx, input: { networkId: network.id } })
  expect(again.items.map(({ targetProject }) => targetProject)).toContain('*')
})

test('a way out is for those that it is given to; what leads through it is a reason to leave it', async () => {
  const { friend, stranger } = await world()
  const outer = await networks.create({ ctx: admin, input: { name: 'outer', external: true, subnet } })
  const [all] = (await rbacPolicies.list({ ctx: admin, input: { networkId: outer.id } })).items
  expect(all).toMatchObject({ action: 'access_as_external', targetProject: '*' })
  expect(await listed(stranger.ctx, outer.id)).toMatchObject({ external: true, forEveryone: true })
  const only = await rbacPolicies.create({
    ctx: admin,
    input: { networkId: outer.id, action: 'access_as_external', targetProject: friend.project.id },
  })
  await rbacPolicies.delete({ ctx: admin, input: { id: all!.id } })
  expect(await listed(stranger.ctx, outer.id)).toBeUndefined()
  await expect(
    floatingIps.create({ ctx: stranger.ctx, input: { networkId: outer.id } }),
  ).rejects.toMatchObject({ code: 'not_found' })
  await expect(ports.create({ ctx: friend.ctx, input: { networkId: outer.id } })).rejects.toMatchObject({
    code: 'forbidden',
  })
  const { id } = await floatingIps.create({ ctx: friend.ctx, input: { networkId: outer.id } })
  const takeBack = () => rbacPolicies.delete({ ctx: admin, input: { id: only.id } })
  await expect(takeBack()).rejects.toMatchObject({
    code: 'conflict',
    detail: { reason: 'external_network_in_use', floatingIps: 1 },
  })
  await floatingIps.delete({ ctx: friend.ctx, input: { id } })
  await takeBack()
  expect(await listed(friend.ctx, outer.id)).toBeUndefined()
})

test('is given once, to projects that there are, as often as the quota says; a project that goes takes it along', async () => {
  const { owner, friend, network, give } = await world()
  await give()
  await expect(give()).rejects.toMatchObject({ code: 'conflict', field: 'targetProject' })
  await expect(give('nothing')).rejects.toMatchObject({ code: 'invalid_input', field: 'targetProject' })
  await expect(give(owner.project.id)).rejects.toMatchObject({ code: 'invalid_input' })
  await cloud.db.quotaLimit.create({
    data: { projectId: owner.project.id, resource: 'rbac_policies', limit: 2 },
  })
  const more = await Promise.all([makeProject(cloud), makeProject(cloud), makeProject(cloud)])
  const given = await Promise.allSettled(more.map(({ id }) => give(id)))
  expect(given.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(await drift(owner.project.id)).toEqual([])

  await deleteProject({ ctx: admin, input: { id: friend.project.id } })
  expect((await listed(owner.ctx, network.id))?.sharedWith).toHaveLength(1)
  expect(await drift(owner.project.id)).toEqual([])
  expect(
    await cloud.db.audit.count({ where: { verb: 'network.rbacPolicies.create', resourceId: network.id } }),
  ).toBe(2)
})
