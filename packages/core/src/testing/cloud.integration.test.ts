import { afterAll, beforeAll, expect, test } from 'vitest'
import { mutate } from '../kernel/index.ts'
import {
  createTestCloud,
  eventsIn,
  makeFlavor,
  makeHost,
  makeImage,
  makeInstance,
  makeNetwork,
  makeTenant,
  type TestCloud,
} from './index.ts'

let cloud: TestCloud
beforeAll(async () => {
  cloud = await createTestCloud()
})
afterAll(() => cloud.close())

test('a change made with a test context reaches the database and the recorded outbox', async () => {
  const { project, ctx } = await makeTenant(cloud)
  await mutate(ctx, async (tx) => {
    await tx.db.project.update({ where: { id: project.id }, data: { description: 'changed' } })
    tx.audit({ verb: 'test', resourceType: 'project', resourceId: project.id })
    tx.event({
      noun: 'project',
      change: 'updated',
      id: project.id,
      audience: { kind: 'project', projectId: project.id },
      data: null,
    })
  })
  expect(eventsIn(cloud.kicked).filter((event) => event.id === project.id)).toHaveLength(1)
  expect(await cloud.db.audit.count({ where: { requestId: ctx.requestId, projectId: project.id } })).toBe(1)
})

test('every factory makes a row that belongs to the given project', async () => {
  const { project } = await makeTenant(cloud)
  const projectId = project.id
  const [flavor, host, image, network] = await Promise.all([
    makeFlavor(cloud),
    makeHost(cloud),
    makeImage(cloud, { projectId }),
    makeNetwork(cloud, { projectId }),
  ])
  const instance = await makeInstance(cloud, {
    projectId,
    flavorId: flavor.id,
    hostId: host.id,
    imageId: image.id,
  })
  expect([image.projectId, network.projectId, network.subnets[0]?.projectId, instance.projectId]).toEqual(
    Array(4).fill(projectId),
  )
})
