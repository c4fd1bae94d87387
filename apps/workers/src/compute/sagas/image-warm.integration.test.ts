import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { createImage, uploadImage, warmImage } from '@nephos/core'
import { createTestCloud, ctxFor, makeHost, makeTenant, type TestCloud } from '@nephos/core/testing'
import { type SagaFixture, testSaga } from '@nephos/jobs/testing'
import { afterAll, beforeAll, expect } from 'vitest'
import type { ComputeDeps } from '../deps.ts'
import type { BaseImage, ComputeDriver } from '../driver.ts'
import { ImageCache } from '../drivers/qemu/image-cache.ts'
import { imageWarm } from './image-warm.ts'

const hostName = 'host1'
let cloud: TestCloud
let dir: string
let cache: ImageCache
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'nephos-warm-'))
  cache = new ImageCache(dir, hostName)
  cloud = await createTestCloud()
  await makeHost(cloud, { name: hostName })
})
afterAll(async () => {
  await cloud?.close()
  rmSync(dir, { recursive: true })
})

interface Fixture extends SagaFixture {
  sha512: string
}

testSaga<{ imageId: string }, Fixture>(imageWarm({} as ComputeDeps), {
  sagaFor: () => {
    const driver = {
      cacheImage: (image: BaseImage, options: Parameters<ComputeDriver['cacheImage']>[1]) =>
        cache.ensure(image, options),
    }
    return imageWarm({ services: cloud.services, driver, hostName } as unknown as ComputeDeps)
  },
  setup: async () => {
    const { ctx, project } = await makeTenant(cloud)
    const { id } = await createImage({ ctx, input: { name: 'warm' } })
    const row = await uploadImage({ ctx, input: { id }, body: Readable.from([randomBytes(100_000)]) })
    const admin = ctxFor(cloud, { project, systemRole: 'admin' })
    const { hosts } = await warmImage({ ctx: admin, input: { id } })
    expect(hosts).toEqual([{ hostName, operationId: expect.any(String) }])
    expect(cloud.kicked.find(({ subject }) => subject === 'job.compute.host1.image.warm')).toBeDefined()
    return { db: cloud.db, operationId: hosts[0]!.operationId, sha512: row.hashValue ?? '' }
  },
  assertDone: ({ sha512 }) => expect(existsSync(join(dir, `${sha512}.raw`))).toBe(true),
  // A copy that is there is never wrong: it is named by its hash, and goes when there is no room for it.
  assertClean: () => {},
})
