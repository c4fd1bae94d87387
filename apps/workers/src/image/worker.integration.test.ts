import { Readable } from 'node:stream'
import {
  createImage,
  createServices,
  deleteImage,
  imageStore,
  importImage,
  type OpenServices,
  stageImage,
  uploadImage,
} from '@nephos/core'
import { createTestCloud, ctxFor, makeTenant, type TestCloud } from '@nephos/core/testing'
import { startTestNats, type TestNats } from '@nephos/jobs/testing'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { RunningRole } from '../role.ts'
import { startImageWorker } from './worker.ts'

let cloud: TestCloud
let nats: TestNats
let services: OpenServices
let worker: RunningRole

beforeAll(async () => {
  ;[cloud, nats] = await Promise.all([createTestCloud(), startTestNats()])
  services = createServices({
    config: { ...cloud.config, databaseUrl: cloud.databaseUrl, natsUrl: nats.url },
    processName: 'control',
    log: pino({ level: 'silent' }),
  })
  await services.queue.bus.ready()
  worker = await startImageWorker({ services, hostName: 'host1' })
})
afterAll(async () => {
  await worker?.stop()
  await services?.close()
  await nats?.stop()
  await cloud?.close()
})

it('removes a deleted image for good and ends its operation', async () => {
  const { project, user } = await makeTenant(cloud)
  const ctx = { ...ctxFor(cloud, { project, user }), ...services }
  const { id } = await createImage({ ctx, input: { name: 'doomed' } })
  await uploadImage({ ctx, input: { id }, body: Readable.from([Buffer.alloc(10_000)]) })
  const { operationId } = await deleteImage({ ctx, input: { id } })

  const status = async () =>
    (await cloud.db.operation.findUniqueOrThrow({ where: { id: operationId } })).status
  await expect.poll(status, { timeout: 15_000 }).toBe('succeeded')
  expect(await cloud.db.image.count({ where: { id } })).toBe(0)
  for await (const { key } of imageStore(cloud.config).list()) expect(key.startsWith(id)).toBe(false)
  const usage = await cloud.db.quotaUsage.findMany({ where: { scopeId: project.id } })
  expect(usage.map(({ used }) => used)).toEqual([0, 0])
})

it('imports a staged file when it is asked to', async () => {
  const { project, user } = await makeTenant(cloud)
  const ctx = { ...ctxFor(cloud, { project, user }), ...services }
  const { id } = await createImage({ ctx, input: { name: 'imported' } })
  await stageImage({ ctx, input: { id }, body: Readable.from([Buffer.alloc(10_000, 'x')]) })
  await importImage({ ctx, input: { id, method: 'glance-direct' } })
  const status = async () => (await cloud.db.image.findUniqueOrThrow({ where: { id } })).status
  await expect.poll(status, { timeout: 20_000 }).toBe('active')
})

it('puts an image back whose upload died with its process', async () => {
  const { project, user } = await makeTenant(cloud)
  const ctx = { ...ctxFor(cloud, { project, user }), ...services }
  const { id } = await createImage({ ctx, input: { name: 'half' } })
  await cloud.db.image.update({
    where: { id },
    data: { status: 'saving', uploadToken: 'dead', uploadExpiresAt: new Date(Date.now() - 1_000) },
  })
  const status = async () => (await cloud.db.image.findUniqueOrThrow({ where: { id } })).status
  await expect.poll(status, { timeout: 20_000 }).toBe('queued')
})

it('says that it is up', async () => {
  expect(await cloud.db.service.count({ where: { role: 'image', hostName: 'host1' } })).toBe(1)
})
