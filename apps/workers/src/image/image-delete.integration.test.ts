import { Readable } from 'node:stream'
import {
  createImage,
  deleteImage,
  finishDeletes,
  imageStore,
  openImageForHost,
  uploadImage,
} from '@nephos/core'
import { createTestCloud, makeTenant, type TestCloud } from '@nephos/core/testing'
import { type SagaFixture, testSaga } from '@nephos/jobs/testing'
import { afterAll, beforeAll, expect } from 'vitest'
import { imageDelete } from './image-delete.ts'

let cloud: TestCloud
beforeAll(async () => {
  cloud = await createTestCloud()
})
afterAll(() => cloud.close())

interface Fixture extends SagaFixture {
  imageId: string
  projectId: string
}

const leftOver = async ({ imageId, projectId }: Fixture) => {
  const keys: string[] = []
  for await (const { key } of imageStore(cloud.config).list()) keys.push(key)
  const quota = await cloud.db.quotaUsage.findMany({ where: { scopeId: projectId, used: { gt: 0 } } })
  return {
    rows: await cloud.db.image.count({ where: { id: imageId } }),
    files: keys.filter((key) => key.startsWith(imageId)),
    quota,
  }
}
const nothing = { rows: 0, files: [], quota: [] }

testSaga<{ imageId: string }, Fixture>(
  // Only its steps are looked at; each case runs the one of `sagaFor`.
  imageDelete({} as TestCloud['services']),
  {
    sagaFor: () => imageDelete(cloud.services),
    setup: async () => {
      const { ctx, project } = await makeTenant(cloud)
      const { id: imageId } = await createImage({ ctx, input: { name: 'doomed' } })
      await uploadImage({ ctx, input: { id: imageId }, body: Readable.from([Buffer.alloc(4_096)]) })
      const { operationId } = await deleteImage({ ctx, input: { id: imageId } })
      await expect(openImageForHost(cloud.services, imageId)).rejects.toMatchObject({ code: 'not_found' })
      return { db: cloud.db, operationId, imageId, projectId: project.id }
    },
    assertDone: async (fixture) => expect(await leftOver(fixture)).toEqual(nothing),
    // A delete is not taken back: what it could not finish, the reconciler does.
    assertClean: async (fixture) => {
      await finishDeletes(cloud.services, { now: new Date(Date.now() + 3_600_000) })
      expect(await leftOver(fixture)).toEqual(nothing)
    },
  },
)
