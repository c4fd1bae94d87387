import { createHash, randomBytes } from 'node:crypto'
import { readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Ctx } from '../kernel/index.ts'
import {
  anonymousCtx,
  createTestCloud,
  ctxFor,
  eventsIn,
  makeProject,
  makeTenant,
  makeUser,
  type TestCloud,
} from '../testing/index.ts'
import {
  cancelImageUpload,
  createImage,
  deleteImage,
  downloadImage,
  expireUploads,
  finishDeletes,
  forgetImage,
  type ImageRow,
  listImages,
  openImageForHost,
  removeImageFile,
  removeOrphanFiles,
  seedGuestImage,
  showImage,
  updateImage,
  uploadImage,
} from './index.ts'

let cloud: TestCloud
beforeAll(async () => {
  cloud = await createTestCloud()
})
afterAll(() => cloud.close())

const mib = 2 ** 20
const make = (ctx: Ctx, name = 'test'): Promise<ImageRow> => createImage({ ctx, input: { name } })
const upload = (ctx: Ctx, id: string, body: Buffer, size?: number) =>
  uploadImage({ ctx, input: { id }, body: Readable.from([body]), size })
const stored = async (): Promise<string[]> =>
  (await readdir(join(cloud.config.home, 'images'), { recursive: true, withFileTypes: true }).catch(() => []))
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
const filesOf = async (id: string) => (await stored()).filter((name) => name.startsWith(id))
const used = async (projectId: string, resource: string) =>
  (await cloud.db.quotaUsage.findFirst({ where: { scopeId: projectId, resource } }))?.used ?? 0

/** Random bytes, made as they are read. */
function* random(bytes: number): Iterable<Buffer> {
  const block = randomBytes(mib)
  for (let at = 0; at < bytes; at += mib) {
    block.writeUInt32BE(at / mib, 0)
    yield Buffer.from(block.subarray(0, Math.min(mib, bytes - at)))
  }
}

describe('the verbs', () => {
  it('create an image, take its quota and tell who may see it', async () => {
    const { ctx, project } = await makeTenant(cloud)
    const row = await createImage({
      ctx,
      input: { name: 'debian 12', minDiskGib: 2, properties: { os_type: 'linux' } },
    })
    expect(row).toMatchObject({
      name: 'debian 12',
      status: 'queued',
      visibility: 'private',
      diskFormat: null,
      size: null,
      properties: { os_type: 'linux' },
    })
    expect(await used(project.id, 'images')).toBe(1)
    const [event] = eventsIn(cloud.kicked).filter((it) => it.id === row.id)
    expect(event).toMatchObject({
      noun: 'image',
      change: 'created',
      audience: { kind: 'project', projectId: project.id },
      data: { id: row.id, createdAt: row.createdAt.toISOString() },
    })
    expect(await cloud.db.audit.count({ where: { resourceId: row.id, verb: 'image.images.create' } })).toBe(1)
  })

  it('create an image and have its file fetched in one go, or neither', async () => {
    const { ctx, project } = await makeTenant(cloud)
    const uri = 'https://example.org/disk.qcow2'
    const row = await createImage({ ctx, input: { name: 'fetched', import: { uri } } })
    expect(row).toMatchObject({ status: 'importing', stores: [] })
    const operation = await cloud.db.operation.findFirstOrThrow({ where: { resourceId: row.id } })
    expect(operation).toMatchObject({
      kind: 'image-import',
      projectId: project.id,
      input: { uri, stores: ['file'] },
    })
    expect(await used(project.id, 'images')).toBe(1)
  })

  it.each([
    ['import.uri', { name: 'x', import: { uri: 'disk.qcow2' } }],
    ['import.uri', { name: 'x', import: { uri: 'ftp://example.org/disk.qcow2' } }],
    ['import.uri', { name: 'x', import: { uri: 'https://me:secret@example.org/disk.qcow2' } }],
    ['import.stores', { name: 'x', import: { uri: 'https://example.org/disk.qcow2', stores: ['attic'] } }],
    ['name', { name: ' ' }],
    ['name', { name: 'a\u0000b' }],
    ['name', { name: 'x'.repeat(256) }],
    ['diskFormat', { name: 'x', diskFormat: 'docker' }],
    ['minDiskGib', { name: 'x', minDiskGib: -1 }],
    ['properties.os_glance_x', { name: 'x', properties: { os_glance_x: '1' } }],
    ['properties.a', { name: 'x', properties: { a: 'x'.repeat(4_097) } }],
    [
      'properties',
      { name: 'x', properties: Object.fromEntries(Array.from({ length: 129 }, (_, i) => [`p${i}`, ''])) },
    ],
  ])('refuse a wrong %s', async (field, input) => {
    const { ctx } = await makeTenant(cloud)
    await expect(createImage({ ctx, input: input as never })).rejects.toMatchObject({
      code: 'invalid_input',
      field,
    })
    expect((await listImages({ ctx, input: {} })).items).toHaveLength(0)
  })

  it('keep tenants apart and let only administrators publish', async () => {
    const { ctx } = await makeTenant(cloud)
    const other = await makeTenant(cloud)
    const reader = await makeTenant(cloud, 'reader')
    const admin = ctxFor(cloud, { project: other.project, systemRole: 'admin' })
    const { id } = await make(ctx)
    const input = { id }
    for (const verb of [showImage, deleteImage, cancelImageUpload, updateImage])
      await expect(verb({ ctx: other.ctx, input })).rejects.toMatchObject({ code: 'not_found' })
    await expect(upload(other.ctx, id, randomBytes(10))).rejects.toMatchObject({ code: 'not_found' })
    await expect(downloadImage({ ctx: other.ctx, input })).rejects.toMatchObject({ code: 'not_found' })
    await expect(upload(anonymousCtx(cloud), id, randomBytes(10))).rejects.toMatchObject({
      code: 'unauthenticated',
    })
    await expect(make(reader.ctx)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(updateImage({ ctx, input: { id, visibility: 'public' } })).rejects.toMatchObject({
      code: 'forbidden',
      field: 'visibility',
    })

    await updateImage({ ctx: admin, input: { id, visibility: 'public' } })
    // Not before it can be used.
    await expect(showImage({ ctx: other.ctx, input })).rejects.toMatchObject({ code: 'not_found' })
    await upload(ctx, id, randomBytes(1_000))
    expect((await showImage({ ctx: other.ctx, input })).status).toBe('active')
    await expect(deleteImage({ ctx: other.ctx, input })).rejects.toMatchObject({ code: 'forbidden' })

    cloud.kicked.length = 0
    await updateImage({ ctx: admin, input: { id, visibility: 'private' } })
    expect(eventsIn(cloud.kicked).map(({ change, audience }) => [change, audience.kind])).toEqual([
      ['deleted', 'everyone'],
      ['updated', 'project'],
    ])
  })

  it('list by page, name and status, and every project only for administrators', async () => {
    const { ctx, project } = await makeTenant(cloud)
    for (const name of ['c', 'a', 'b']) await make(ctx, `list-${name}`)
    const sort = { by: 'name', dir: 'asc' } as const
    const first = await listImages({ ctx, input: { limit: 2, sort, search: 'list-' } })
    expect(first.items.map((row) => row.name)).toEqual(['list-a', 'list-b'])
    const second = await listImages({
      ctx,
      input: { limit: 2, sort, cursor: first.nextCursor, search: 'list-' },
    })
    expect(second).toMatchObject({ items: [{ name: 'list-c' }], nextCursor: null })
    expect((await listImages({ ctx, input: { status: 'active', search: 'list-' } })).items).toHaveLength(0)
    const input = { allProjects: true, search: 'list-' }
    await expect(listImages({ ctx, input })).rejects.toMatchObject({ code: 'forbidden' })
    const admin = ctxFor(cloud, { project: await makeProject(cloud), systemRole: 'admin' })
    expect((await listImages({ ctx: admin, input: { search: 'list-' } })).items).toHaveLength(0)
    const all = await listImages({ ctx: admin, input })
    expect(all.items.filter((row) => row.projectId === project.id)).toHaveLength(3)
  })

  it('delete at once, then the file, then the row with its quota; but nothing that is protected', async () => {
    const { ctx, project } = await makeTenant(cloud)
    const { id } = await make(ctx)
    await upload(ctx, id, randomBytes(5_000))
    await updateImage({ ctx, input: { id, protected: true } })
    await expect(deleteImage({ ctx, input: { id } })).rejects.toMatchObject({ code: 'forbidden' })
    await updateImage({ ctx, input: { id, protected: false } })

    const { operationId } = await deleteImage({ ctx, input: { id } })
    await expect(showImage({ ctx, input: { id } })).rejects.toMatchObject({ code: 'not_found' })
    await expect(deleteImage({ ctx, input: { id } })).rejects.toMatchObject({ code: 'not_found' })
    expect(cloud.kicked.find((row) => row.channel === 'job')?.payload).toEqual({ operationId, imageId: id })
    expect(await used(project.id, 'image_bytes')).toBe(5_000)

    for (let again = 0; again < 2; again++) {
      await removeImageFile(cloud.services, id)
      expect(await filesOf(id)).toEqual([])
      await forgetImage(ctx, id)
      expect(await cloud.db.image.count({ where: { id } })).toBe(0)
      expect([await used(project.id, 'images'), await used(project.id, 'image_bytes')]).toEqual([0, 0])
    }
  })
})

describe('uploadImage', () => {
  it('stores, hashes and activates', async () => {
    const { ctx, project } = await makeTenant(cloud)
    const { id } = await make(ctx)
    const body = randomBytes(300_001)
    const row = await upload(ctx, id, body, body.length)
    expect(row).toMatchObject({
      status: 'active',
      diskFormat: 'raw',
      size: body.length,
      virtualSize: body.length,
      checksum: createHash('md5').update(body).digest('hex'),
      hashAlgo: 'sha512',
      hashValue: createHash('sha512').update(body).digest('hex'),
      failure: null,
      uploadedBytes: null,
      stores: [{ name: 'file', status: 'active' }],
    })
    expect(await used(project.id, 'image_bytes')).toBe(body.length)
    const [file] = await filesOf(id)
    const path = join(cloud.config.home, 'images', file!.slice(-2), file!)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await readFile(path)).toEqual(body)

    const forHost = await openImageForHost(cloud.services, id)
    expect(forHost).toMatchObject({
      imageId: id,
      sha512: row.hashValue,
      format: 'raw',
      sizeBytes: body.length,
    })
    expect(await buffer(await forHost.open())).toEqual(body)
    const data = await downloadImage({ ctx, input: { id } })
    expect(await buffer(await data!.open({ start: 10, end: 19 }))).toEqual(body.subarray(10, 20))
    await expect(upload(ctx, id, body)).rejects.toMatchObject({ code: 'conflict' })
  })

  it('needs no more memory for 200 MiB than for a little, and shows progress at most 4 times a second', async () => {
    const { ctx } = await makeTenant(cloud)
    await upload(ctx, (await make(ctx)).id, randomBytes(mib))
    const { id } = await make(ctx)
    cloud.announced.length = 0
    globalThis.gc?.()
    const before = process.memoryUsage().rss
    let peak = before
    const sampling = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss)
    }, 10)
    const start = Date.now()
    const size = 200 * mib
    const row = await uploadImage({
      ctx,
      input: { id },
      body: Readable.from(random(size), { highWaterMark: 1 }),
      size,
    }).finally(() => clearInterval(sampling))
    const seconds = (Date.now() - start) / 1000
    expect(row).toMatchObject({ status: 'active', size })
    expect((peak - before) / mib).toBeLessThan(60)
    const progress = cloud.announced.filter((event) => event.id === id)
    expect(progress.length).toBeGreaterThan(0)
    expect(progress.length).toBeLessThanOrEqual(Math.ceil(seconds * 4) + 1)
    expect(progress[0]).toMatchObject({ noun: 'image', change: 'progress', data: { id, uploadSize: size } })
    expect((progress.at(-1)!.data as ImageRow).uploadedBytes).toBeGreaterThan(0)
  })

  it('leaves nothing behind when the sender goes away, and can be done again', async () => {
    const { ctx, project } = await makeTenant(cloud)
    const { id } = await make(ctx)
    const body = new PassThrough()
    const running = uploadImage({ ctx, input: { id }, body, size: 10 * mib })
    body.write(randomBytes(3 * mib))
    await expect.poll(() => filesOf(id)).toHaveLength(1)
    body.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }))
    await expect(running).rejects.toMatchObject({ code: 'cancelled' })
    expect(await filesOf(id)).toEqual([])
    expect(await used(project.id, 'image_bytes')).toBe(0)
    expect(await showImage({ ctx, input: { id } })).toMatchObject({
      status: 'queued',
      failure: 'The upload was cut off before the file had arrived.',
      size: null,
      uploadedBytes: null,
    })
    expect(await upload(ctx, id, randomBytes(100))).toMatchObject({ status: 'active', failure: null })
  })

  it('lets only one of two uploads in', async () => {
    const { ctx } = await makeTenant(cloud)
    const { id } = await make(ctx)
    const bodies = [randomBytes(2 * mib), randomBytes(2 * mib)] as const
    const results = await Promise.allSettled(bodies.map((body) => upload(ctx, id, body)))
    expect(results.map((it) => it.status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(results.find((it) => it.status === 'rejected')).toMatchObject({ reason: { code: 'conflict' } })
    expect(await filesOf(id)).toHaveLength(1)
  })

  it('takes many different images at once', async () => {
    const { ctx, project } = await makeTenant(cloud)
    const rows = await Promise.all(
      Array.from({ length: 8 }, async (_, index) => {
        const { id } = await make(ctx, `parallel-${index}`)
        return uploadImage({ ctx, input: { id }, body: Readable.from(random(4 * mib)) })
      }),
    )
    expect(new Set(rows.map((row) => row.hashValue)).size).toBe(8)
    expect(await used(project.id, 'image_bytes')).toBe(32 * mib)
  })

  it('ends when it is cancelled, from any process', async () => {
    const { ctx } = await makeTenant(cloud)
    const { id } = await make(ctx)
    await expect(cancelImageUpload({ ctx, input: { id } })).rejects.toMatchObject({ code: 'conflict' })
    const body = new PassThrough()
    const running = uploadImage({ ctx, input: { id }, body })
    const ended = expect(running).rejects.toMatchObject({ code: 'conflict' })
    body.write(randomBytes(mib))
    await expect.poll(() => filesOf(id)).toHaveLength(1)
    expect(await cancelImageUpload({ ctx, input: { id } })).toMatchObject({
      status: 'queued',
      failure: 'The upload was cancelled.',
    })
    await ended
    expect(body.destroyed).toBe(true)
    expect(await filesOf(id)).toEqual([])
    expect((await showImage({ ctx, input: { id } })).failure).toBe('The upload was cancelled.')
  })

  it('ends when the image is deleted meanwhile', async () => {
    const { ctx } = await makeTenant(cloud)
    const { id } = await make(ctx)
    const body = new PassThrough()
    const running = uploadImage({ ctx, input: { id }, body })
    const ended = expect(running).rejects.toMatchObject({ code: 'conflict' })
    body.write(randomBytes(mib))
    await expect.poll(() => filesOf(id)).toHaveLength(1)
    await deleteImage({ ctx, input: { id } })
    body.end()
    await ended
    expect(await filesOf(id)).toEqual([])
    expect((await cloud.db.image.findUniqueOrThrow({ where: { id } })).status).toBe('deleted')
  })

  it.each<[string, Buffer, number | undefined, RegExp]>([
    ['a VMDK', Buffer.concat([Buffer.from('KDMV'), randomBytes(1_000)]), undefined, /VMDK/],
    ['a gzip file', Buffer.concat([Buffer.from('1f8b08', 'hex'), randomBytes(300_000)]), undefined, /gzip/],
    [
      'a broken qcow2',
      Buffer.concat([Buffer.from('514649fb', 'hex'), randomBytes(1_000)]),
      undefined,
      /qcow/,
    ],
    [
      'a fixed VHD',
      Buffer.concat([randomBytes(5_000), Buffer.from('conectix'.padEnd(512, '\0'))]),
      undefined,
      /VHD/,
    ],
    ['nothing', Buffer.alloc(0), undefined, /empty/],
    ['too few bytes', randomBytes(999), 1_000, /Only 999 of 1000/],
    ['too many bytes', randomBytes(1_001), 1_000, /More bytes/],
  ])('refuses %s and keeps nothing of it', async (_, body, size, words) => {
    const { ctx, project } = await makeTenant(cloud)
    const { id } = await make(ctx)
    await expect(upload(ctx, id, body, size)).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringMatching(words),
    })
    expect(await filesOf(id)).toEqual([])
    const row = await showImage({ ctx, input: { id } })
    expect(row.status).toBe('queued')
    expect(row.failure).toMatch(words)
    expect(await used(project.id, 'image_bytes')).toBe(0)
    expect(await cloud.db.audit.count({ where: { resourceId: id, verb: 'image.images.upload' } })).toBe(1)
  })

  it('refuses a file early and leaves its connection open for the answer', async () => {
    const { ctx } = await makeTenant(cloud)
    const { id } = await make(ctx)
    const body = new PassThrough()
    body.write(Buffer.concat([Buffer.from('KDMV'), randomBytes(200_000)]))
    await expect(uploadImage({ ctx, input: { id }, body, size: 10 ** 9 })).rejects.toMatchObject({
      code: 'invalid_input',
    })
    expect(body.destroyed).toBe(false)
  })

  it('refuses another format than the declared one', async () => {
    const { ctx } = await makeTenant(cloud)
    const { id } = await createImage({ ctx, input: { name: 'x', diskFormat: 'qcow2' } })
    await expect(upload(ctx, id, randomBytes(1_000))).rejects.toMatchObject({ field: 'diskFormat' })
  })

  it('never exceeds the quota of bytes, also not with uploads side by side', async () => {
    const { ctx, project } = await makeTenant(cloud)
    await cloud.db.quotaLimit.create({
      data: { projectId: project.id, resource: 'image_bytes', limit: 2.5 * mib },
    })
    const early = await make(ctx)
    await expect(upload(ctx, early.id, randomBytes(10), 3 * mib)).rejects.toMatchObject({
      code: 'quota_exceeded',
    })
    await expect(upload(ctx, early.id, randomBytes(3 * mib))).rejects.toMatchObject({
      code: 'quota_exceeded',
    })
    const results = await Promise.allSettled(
      Array.from({ length: 5 }, async () => upload(ctx, (await make(ctx)).id, randomBytes(mib))),
    )
    expect(results.filter((it) => it.status === 'fulfilled')).toHaveLength(2)
    expect(await used(project.id, 'image_bytes')).toBe(2 * mib)
    const images = await cloud.db.image.findMany({ where: { projectId: project.id } })
    expect((await stored()).filter((name) => images.some(({ id }) => name.startsWith(id)))).toHaveLength(2)
  })

  it('refuses more than the cap', async () => {
    const { ctx } = await makeTenant(cloud)
    const small: Ctx = { ...ctx, config: { ...ctx.config, imageSizeCap: mib } }
    const { id } = await make(ctx)
    await expect(upload(small, id, randomBytes(10), mib + 1)).rejects.toMatchObject({ code: 'too_large' })
    await expect(
      uploadImage({ ctx: small, input: { id }, body: Readable.from(random(2 * mib)) }),
    ).rejects.toMatchObject({ code: 'too_large' })
    expect(await filesOf(id)).toEqual([])
  })

  it('counts images against their quota', async () => {
    const { ctx, project } = await makeTenant(cloud)
    await cloud.db.quotaLimit.create({ data: { projectId: project.id, resource: 'images', limit: 3 } })
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => make(ctx)))
    expect(results.filter((it) => it.status === 'fulfilled')).toHaveLength(3)
  })
})

describe('the reconcilers', () => {
  it('put images back whose upload died with its process', async () => {
    const { ctx } = await makeTenant(cloud)
    const { id } = await make(ctx)
    await cloud.db.image.update({
      where: { id },
      data: {
        status: 'saving',
        uploadToken: 'dead',
        uploadExpiresAt: new Date(Date.now() - 1),
        uploadedBytes: 5,
      },
    })
    expect(await expireUploads(cloud.services)).toBe(1)
    expect(await expireUploads(cloud.services)).toBe(0)
    expect(await showImage({ ctx, input: { id } })).toMatchObject({
      status: 'queued',
      failure: 'The upload broke off.',
      uploadedBytes: null,
    })
  })

  it('let a new upload take over from a dead one at once', async () => {
    const { ctx } = await makeTenant(cloud)
    const { id } = await make(ctx)
    await cloud.db.image.update({
      where: { id },
      data: { status: 'saving', uploadToken: 'dead', uploadExpiresAt: new Date(Date.now() - 1) },
    })
    expect((await upload(ctx, id, randomBytes(100))).status).toBe('active')
  })

  it('remove files that nobody owns, but not those of images or of running uploads', async () => {
    const { ctx } = await makeTenant(cloud)
    const kept = await make(ctx)
    await upload(ctx, kept.id, randomBytes(100))
    const lost = await make(ctx)
    await upload(ctx, lost.id, randomBytes(100))
    await cloud.db.image.delete({ where: { id: lost.id } })
    const saving = await make(ctx)
    const body = new PassThrough()
    const running = uploadImage({ ctx, input: { id: saving.id }, body })
    body.write(randomBytes(mib))
    await expect.poll(() => filesOf(saving.id)).toHaveLength(1)

    expect(await removeOrphanFiles(cloud.services)).toBe(0)
    const later = new Date(Date.now() + 3_600_000)
    expect(await removeOrphanFiles(cloud.services, { now: later })).toBeGreaterThanOrEqual(1)
    expect(await filesOf(lost.id)).toEqual([])
    expect(await filesOf(kept.id)).toHaveLength(1)
    body.end()
    expect((await running).status).toBe('active')
  })

  it('finish deletes whose operation was lost', async () => {
    const { ctx } = await makeTenant(cloud)
    const { id } = await make(ctx)
    await upload(ctx, id, randomBytes(100))
    await deleteImage({ ctx, input: { id } })
    await finishDeletes(cloud.services)
    expect(await cloud.db.image.count({ where: { id } })).toBe(1)
    await finishDeletes(cloud.services, { now: new Date(Date.now() + 3_600_000) })
    expect(await cloud.db.image.count({ where: { id } })).toBe(0)
    expect(await filesOf(id)).toEqual([])
  })
})

describe('seedGuestImage', () => {
  it('registers the file once, and again only when its content changed', async () => {
    const path = join(cloud.config.home, 'tiny.qcow2')
    const image = (fill: number) => {
      const file = Buffer.alloc(262_144, 0)
      file.write('QFI\xfb', 0, 'latin1')
      file.writeUInt32BE(2, 4)
      file.writeUInt32BE(16, 20)
      file.writeBigUInt64BE(2n ** 26n, 24)
      file.writeUInt32BE(1, 36)
      file.writeBigUInt64BE(0x20000n, 40)
      file.writeBigUInt64BE(0x10000n, 48)
      file.writeUInt32BE(1, 56)
      file[file.length - 1] = fill
      return file
    }
    await expect(seedGuestImage(cloud.services, path)).rejects.toMatchObject({ code: 'not_found' })
    const project = await makeProject(cloud, { name: 'admin' })
    const user = await makeUser(cloud, { project, role: 'admin' })
    await writeFile(path, image(1))
    const first = await seedGuestImage(cloud.services, path)
    expect(first).toMatchObject({
      name: 'nephos-tiny',
      visibility: 'public',
      status: 'active',
      projectId: project.id,
      diskFormat: 'qcow2',
      virtualSize: 2 ** 26,
    })
    await utimes(path, new Date(), new Date())
    expect((await seedGuestImage(cloud.services, path)).id).toBe(first.id)

    await writeFile(path, image(2))
    const second = await seedGuestImage(cloud.services, path)
    expect(second.id).not.toBe(first.id)
    const ctx = ctxFor(cloud, { user, project, role: 'admin' })
    const seen = await listImages({ ctx, input: { search: 'nephos-tiny' } })
    expect(seen.items.map((row) => row.id)).toEqual([second.id])
  })
})
