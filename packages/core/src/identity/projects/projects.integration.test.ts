import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Ctx } from '../../kernel/index.ts'
import {
  anonymousCtx,
  createTestCloud,
  ctxFor,
  eventsIn,
  makeImage,
  makeInstance,
  makeNetwork,
  makeTenant,
  makeUser,
  type TestCloud,
  uniqueName,
} from '../../testing/index.ts'
import {
  createDomain,
  createProject,
  createToken,
  deleteProject,
  listDomains,
  listProjects,
  login,
  resolveSession,
  resolveToken,
  showProject,
  updateProject,
} from '../index.ts'

let cloud: TestCloud
let admin: Ctx
beforeAll(async () => {
  cloud = await createTestCloud()
  admin = ctxFor(cloud, { user: await makeUser(cloud, { systemRole: 'admin' }), systemRole: 'admin' })
})
beforeEach(() => {
  cloud.kicked.length = 0
})
afterAll(() => cloud.close())

test('create, show, list, update: with audit and an event to the members', async () => {
  const name = uniqueName('projekt-ü')
  const created = await createProject({ ctx: admin, input: { name, description: 'First' } })
  expect(created).toMatchObject({ name, domainName: 'Default', enabled: true })
  expect(await showProject({ ctx: admin, input: { id: created.id } })).toEqual(created)
  expect((await listProjects({ ctx: admin, input: { search: name } })).items).toEqual([created])
  const updated = await updateProject({ ctx: admin, input: { id: created.id, name: `${name}-2` } })
  expect(eventsIn(cloud.kicked).map((event) => [event.noun, event.change, event.audience])).toEqual([
    ['project', 'created', { kind: 'project', projectId: created.id }],
    ['project', 'updated', { kind: 'project', projectId: created.id }],
  ])
  expect(eventsIn(cloud.kicked)[1]?.data).toEqual(JSON.parse(JSON.stringify(updated)))
  expect(
    (await cloud.db.audit.findMany({ where: { resourceId: created.id }, orderBy: { at: 'asc' } })).map(
      (row) => row.verb,
    ),
  ).toEqual(['identity.projects.create', 'identity.projects.update'])
})

test('a name is unique within its domain', async () => {
  const name = uniqueName('project')
  const { id } = await createProject({ ctx: admin, input: { name } })
  await expect(createProject({ ctx: admin, input: { name } })).rejects.toMatchObject({
    code: 'conflict',
    field: 'name',
  })
  const other = await createProject({ ctx: admin, input: { name: `${name}-b` } })
  await expect(updateProject({ ctx: admin, input: { id: other.id, name } })).rejects.toMatchObject({
    code: 'conflict',
  })
  const domain = await createDomain({ ctx: admin, input: { name: uniqueName('domain') } })
  expect((await createProject({ ctx: admin, input: { name, domainId: domain.id } })).id).not.toBe(id)
})

test.each([
  ['name', { name: '' }],
  ['name', { name: '\u0007' }],
  ['name', { name: 'x'.repeat(2000) }],
  ['description', { name: 'x', description: 'x'.repeat(1001) }],
  ['enabled', { name: 'x', enabled: 'yes' }],
])('refuses a bad %s', async (field, input) => {
  await expect(createProject({ ctx: admin, input: input as never })).rejects.toMatchObject({
    code: 'invalid_input',
    field,
  })
})

test('nobody acts in a disabled project', async () => {
  const { project } = await makeTenant(cloud)
  const user = await makeUser(cloud, { project, role: 'member', password: 'correct horse' })
  const { secret } = await login({
    ctx: anonymousCtx(cloud),
    input: { name: user.name, password: 'correct horse' },
  })
  const actorProject = async () => (await resolveSession(cloud.services, secret))?.project?.id
  expect(await actorProject()).toBe(project.id)
  await updateProject({ ctx: admin, input: { id: project.id, enabled: false } })
  expect(await actorProject()).toBeUndefined()
  await updateProject({ ctx: admin, input: { id: project.id, enabled: true } })
  expect(await actorProject()).toBe(project.id)
})

describe('delete', () => {
  test('refuses a project that has something, and names what', async () => {
    const { project } = await makeTenant(cloud)
    const projectId = project.id
    await makeInstance(cloud, { projectId })
    await makeNetwork(cloud, { projectId })
    await makeImage(cloud, { projectId })
    await expect(deleteProject({ ctx: admin, input: { id: projectId } })).rejects.toMatchObject({
      code: 'conflict',
      message: 'The project still has 1 instances, 1 networks, 1 images.',
    })
    expect(await cloud.db.project.count({ where: { id: projectId } })).toBe(1)
  })

  test('takes roles, tokens and quotas along and leaves the sessions without a project', async () => {
    const { project } = await makeTenant(cloud)
    const user = await makeUser(cloud, {
      project,
      role: 'member',
      password: 'correct horse',
      defaultProjectId: project.id,
    })
    const { secret } = await login({
      ctx: anonymousCtx(cloud),
      input: { name: user.name, password: 'correct horse' },
    })
    const token = await createToken({ ctx: ctxFor(cloud, { user, project }), input: { name: 'script' } })
    await cloud.db.quotaLimit.create({ data: { projectId: project.id, resource: 'cores', limit: 1 } })
    expect(await resolveToken(cloud.services, token.secret)).not.toBeNull()
    await deleteProject({ ctx: admin, input: { id: project.id } })
    expect(await resolveToken(cloud.services, token.secret)).toBeNull()
    expect(await resolveSession(cloud.services, secret)).toMatchObject({ project: undefined })
    expect(await cloud.db.assignment.count({ where: { targetId: project.id } })).toBe(0)
    expect(await cloud.db.quotaLimit.count({ where: { projectId: project.id } })).toBe(0)
    await expect(showProject({ ctx: admin, input: { id: project.id } })).rejects.toMatchObject({
      code: 'not_found',
    })
  })
})

test('a member sees its own project only and changes none', async () => {
  const { ctx, project } = await makeTenant(cloud, 'manager')
  const other = await makeTenant(cloud)
  expect(await showProject({ ctx, input: { id: project.id } })).toMatchObject({ id: project.id })
  await expect(showProject({ ctx, input: { id: other.project.id } })).rejects.toMatchObject({
    code: 'not_found',
  })
  for (const call of [
    () => listProjects({ ctx, input: {} }),
    () => listDomains({ ctx, input: {} }),
    () => createProject({ ctx, input: { name: 'x' } }),
    () => updateProject({ ctx, input: { id: project.id, name: 'x' } }),
    () => deleteProject({ ctx, input: { id: project.id } }),
    () => createDomain({ ctx, input: { name: 'x' } }),
  ])
    await expect(call()).rejects.toMatchObject({ code: 'forbidden' })
})

test('the reader of a domain sees it and its projects, and changes none', async () => {
  const domain = await createDomain({ ctx: admin, input: { name: uniqueName('domain') } })
  const project = await createProject({ ctx: admin, input: { name: 'inside', domainId: domain.id } })
  const user = await makeUser(cloud, { domainId: domain.id })
  const ctx = ctxFor(cloud, { user, domainRole: 'reader' })
  expect((await listDomains({ ctx, input: {} })).items.map((row) => row.id)).toEqual([domain.id])
  expect((await listProjects({ ctx, input: {} })).items.map((row) => row.id)).toEqual([project.id])
  await expect(updateProject({ ctx, input: { id: project.id, name: 'x' } })).rejects.toMatchObject({
    code: 'forbidden',
  })
  const manager = ctxFor(cloud, { user, domainRole: 'manager' })
  await updateProject({ ctx: manager, input: { id: project.id, description: 'changed' } })
  await deleteProject({ ctx: manager, input: { id: project.id } })
  await expect(createDomain({ ctx: manager, input: { name: 'x' } })).rejects.toMatchObject({
    code: 'forbidden',
  })
})

test('a domain needs a name of its own', async () => {
  const name = uniqueName('domain')
  await createDomain({ ctx: admin, input: { name } })
  await expect(createDomain({ ctx: admin, input: { name } })).rejects.toMatchObject({
    code: 'conflict',
    field: 'name',
  })
})
