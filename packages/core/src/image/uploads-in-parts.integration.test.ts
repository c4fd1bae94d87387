import { randomBytes } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Ctx } from '../kernel/index.ts'
import { createTestCloud, makeTenant, type TestCloud } from '../testing/index.ts'
import {
  appendUpload,
  beginUpload,
  cancelImageUpload,
  createImage,
  expireUploads,
  finishUpload,
  type ImageRow,
  removeLeftStaging,
  showImage,
  showUpload,
} from './index.ts'

let cloud: TestCloud
beforeAll(async () => {
  cloud = await createTestCloud()
})
afterAll(() => cloud.close())

const mib = 2 ** 20
const staged = async (id: string) =>
  (await readdir(join(cloud.config.home, 'staging')).catch(() => [])).filter((name) => name.startsWith(id))
const make = async (ctx: Ctx, size: number, fields: object = {}) => {
  const { id } = await createImage({ ctx, input: { name: 'in-parts', ...fields } })
  const { uploadId, offset } = await beginUpload({ ctx, input: { id, size, fileName: 'disk.raw' } })
  expect(offset).toBe(0)
  return { id, uploadId }
}
const append = (ctx: Ctx, name: { id: string; uploadId: string }, offset: number, part: Buffer) =>
  appendUpload({ ctx, input: { ...name, offset }, body: Readable.from([part]) })

it('takes a file in parts, says how far it is, and has it imported when it is whole', async () => {
  const { ctx, project } = await makeTenant(cloud)
  const body = randomBytes(3 * mib + 5)
  const name = await make(ctx, body.length)
  cloud.announced.length = 0
  expect(await append(ctx, name, 0, body.subarray(0, mib))).toEqual({ offset: mib, size: body.length })
  await expect(append(ctx, name, 0, body)).rejects.toMatchObject({
    code: 'conflict',
    detail: { reason: 'offset', offset: mib },
  })
  await expect(finishUpload({ ctx, input: name })).rejects.toMatchObject({ detail: { offset: mib } })
  expect(await showImage({ ctx, input: { id: name.id } })).toMatchObject({
    status: 'uploading',
    uploadedBytes: mib,
    uploadSize: body.length,
    uploadFile: 'disk.raw',
  })
  const told = cloud.announced.filter(({ id }) => id === name.id)
  expect(told.at(-1)).toMatchObject({ change: 'progress', audience: { projectId: project.id } })
  expect((told.at(-1)!.data as ImageRow).uploadedBytes).toBe(mib)

  // From another tab: the same upload, as long as the file has the same size.
  const again = await beginUpload({ ctx, input: { id: name.id, size: body.length, fileName: 'disk.raw' } })
  expect(again).toMatchObject({ uploadId: name.uploadId, offset: mib })
  await expect(
    beginUpload({ ctx, input: { id: name.id, size: 7, fileName: 'other.raw' } }),
  ).rejects.toMatchObject({ code: 'conflict', detail: { reason: 'other_file', fileName: 'disk.raw' } })
  const { check, offset } = await showUpload({ ctx, input: name })
  expect(offset).toBe(mib)
  expect(check).toEqual({ start: 0, length: mib, crc32: crc32(body.subarray(0, mib)) })

  await append(ctx, name, mib, body.subarray(mib))
  expect((await showUpload({ ctx, input: name })).check).toEqual({
    start: body.length - mib,
    length: mib,
    crc32: crc32(body.subarray(-mib)),
  })
  const { operationId, image } = await finishUpload({ ctx, input: name })
  expect(image).toMatchObject({ status: 'importing', uploadFile: null })
  expect(cloud.kicked.some(({ payload }) => JSON.stringify(payload).includes(operationId))).toBe(true)
  expect(await staged(name.id)).toEqual([name.id])
  const path = join(cloud.config.home, 'staging', name.id)
  expect((await readFile(path)).equals(body)).toBe(true)
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  const late = [
    () => finishUpload({ ctx, input: name }),
    () => append(ctx, name, body.length, Buffer.alloc(1)),
  ]
  for (const call of late)
    await expect(call()).rejects.toMatchObject({ code: 'conflict', detail: { reason: 'over' } })
})

it('keeps what arrived before the line broke, and lets a newer request take over', async () => {
  const { ctx } = await makeTenant(cloud)
  const body = randomBytes(4 * mib)
  const name = await make(ctx, body.length)
  const first = new PassThrough()
  const broken = appendUpload({ ctx, input: { ...name, offset: 0 }, body: first })
  first.write(body.subarray(0, mib))
  const arrived = async () => (await showUpload({ ctx, input: name })).offset
  await expect.poll(arrived).toBe(mib)
  first.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }))
  await expect(broken).rejects.toMatchObject({ code: 'cancelled' })

  // A connection that nobody knows yet to be dead.
  const second = new PassThrough()
  const dead = appendUpload({ ctx, input: { ...name, offset: mib }, body: second })
  const ended = expect(dead).rejects.toMatchObject({ code: 'conflict' })
  second.write(body.subarray(mib, 2 * mib))
  await expect.poll(arrived).toBe(2 * mib)
  await append(ctx, name, 2 * mib, body.subarray(2 * mib))
  await ended
  await finishUpload({ ctx, input: name })
  const whole = await readFile(join(cloud.config.home, 'staging', name.id))
  expect(whole.equals(body)).toBe(true)
})

it('refuses a file by its head, and more bytes than were announced', async () => {
  const { ctx } = await makeTenant(cloud)
  const gzip = Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), randomBytes(mib)])
  const name = await make(ctx, 100 * mib)
  await expect(append(ctx, name, 0, gzip)).rejects.toMatchObject({
    code: 'invalid_input',
    message: expect.stringContaining('gzip'),
    detail: { reason: 'refused_file' },
  })
  expect(await showImage({ ctx, input: { id: name.id } })).toMatchObject({
    status: 'queued',
    failure: expect.stringContaining('gzip'),
    uploadFile: null,
  })
  expect(await staged(name.id)).toEqual([])

  const small = await make(ctx, 10)
  await expect(append(ctx, small, 0, randomBytes(11))).rejects.toMatchObject({ field: 'size' })
})

it('ends when it is cancelled, begun anew or not continued, and leaves no file', async () => {
  const { ctx } = await makeTenant(cloud)
  const other = await makeTenant(cloud)
  const name = await make(ctx, 2 * mib)
  await append(ctx, name, 0, randomBytes(mib))
  for (const call of [showUpload, finishUpload])
    await expect(call({ ctx: other.ctx, input: name })).rejects.toMatchObject({ code: 'not_found' })
  await expect(append(other.ctx, name, mib, randomBytes(1))).rejects.toMatchObject({ code: 'not_found' })
  expect(await cancelImageUpload({ ctx, input: { id: name.id } })).toMatchObject({
    status: 'queued',
    failure: 'The upload was cancelled.',
  })
  expect(await staged(name.id)).toEqual([])
  await expect(append(ctx, name, mib, randomBytes(1))).rejects.toMatchObject({ detail: { reason: 'over' } })

  const input = { id: name.id, size: mib, fileName: 'a.raw' }
  const begun = await beginUpload({ ctx, input })
  await append(ctx, begun.imageId ? { id: name.id, uploadId: begun.uploadId } : name, 0, randomBytes(10))
  const anew = await beginUpload({ ctx, input: { ...input, size: 2 * mib, restart: true } })
  expect(anew).toMatchObject({ offset: 0 })
  expect(anew.uploadId).not.toBe(begun.uploadId)
  await expect(
    append(ctx, { id: name.id, uploadId: begun.uploadId }, 10, randomBytes(1)),
  ).rejects.toMatchObject({ code: 'not_found' })

  await append(ctx, { id: name.id, uploadId: anew.uploadId }, 0, randomBytes(10))
  await removeLeftStaging(cloud.services, { now: new Date(Date.now() + 3_600_000) })
  expect(await staged(name.id)).toHaveLength(1)
  await cloud.db.image.update({
    where: { id: name.id },
    data: { uploadExpiresAt: new Date(Date.now() - 1_000) },
  })
  await expireUploads(cloud.services)
  expect(await showImage({ ctx, input: { id: name.id } })).toMatchObject({
    status: 'queued',
    failure: 'The upload was not continued within a day.',
  })
  expect(await staged(name.id)).toEqual([])
})
