import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import {
  type Ctx,
  cancelImageUpload,
  cancelOperation,
  createImage,
  deleteImage,
  expireUploads,
  imageStores,
  importImage,
  openImageForHost,
  removeLeftStaging,
  removeOrphanFiles,
  retryOperation,
  showImage,
  stageImage,
  uploadImage,
} from '@nephos/core'
import { createTestCloud, ctxFor, makeTenant, type TestCloud } from '@nephos/core/testing'
import { runSaga } from '@nephos/jobs'
import { type SagaFixture, testSaga, testTools } from '@nephos/jobs/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { imageCopy } from './image-copy.ts'
import { imageImport } from './image-import.ts'

const mib = 2 ** 20
let cloud: TestCloud
let server: Server
let dir: string
let base: string
/** What the server answers, by path. */
const files = new Map<string, Buffer>()
const raw = randomBytes(3 * mib)

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'nephos-import-'))
  server = createServer((request, response) => {
    const body = files.get(request.url ?? '')
    response.writeHead(body ? 200 : 404, body && { 'content-length': body.length }).end(body)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  base = `http://127.0.0.1:${port}`
  cloud = await createTestCloud({
    config: {
      imageStores: ['file', `second=file://${dir}/second`, `third=file://${dir}/third?format=raw`],
      imageImportPorts: [port],
      imageImportNetworks: ['127.0.0.0/8'],
    },
  })
  writeFileSync(join(dir, 'raw'), raw)
  for (const [name, format] of [
    ['vmdk', 'vmdk'],
    ['vhd', 'vpc'],
    ['vhdx', 'vhdx'],
    ['vdi', 'vdi'],
    ['qcow2', 'qcow2'],
  ] as const) {
    execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', format, 'raw', name], { cwd: dir })
    files.set(`/${name}`, readFileSync(join(dir, name)))
  }
  files.set('/raw', raw)
})
afterAll(async () => {
  server?.close()
  await cloud?.close()
  rmSync(dir, { recursive: true, force: true })
})

const sha512 = (bytes: Buffer) => createHash('sha512').update(bytes).digest('hex')
const run = (operationId: string) =>
  runSaga(testTools(cloud.db), imageImport(cloud.services), operationId, { last: true })
const statusOf = async (id: string) => (await cloud.db.operation.findUniqueOrThrow({ where: { id } })).status
const keysOf = async (imageId: string) => {
  const keys: string[] = []
  for (const store of imageStores(cloud.config))
    for await (const { key } of store.list()) if (key.startsWith(imageId)) keys.push(`${store.name}:${key}`)
  return keys
}
const stagedOf = (imageId: string) => {
  const staging = join(cloud.config.home, 'staging')
  return existsSync(staging) ? readdirSync(staging).filter((name) => name.startsWith(imageId)) : []
}
const usedBytes = async (scopeId: string) =>
  (await cloud.db.quotaUsage.findFirst({ where: { scopeId, resource: 'image_bytes' } }))?.used ?? 0
const make = (ctx: Ctx, diskFormat?: 'vmdk' | 'raw' | 'qcow2') =>
  createImage({ ctx, input: { name: 'imported', diskFormat } })
/** Asks for an import from the server and runs it. */
const fetchTo = async (ctx: Ctx, id: string, path: string, more: object = {}) => {
  const { operationId } = await importImage({
    ctx,
    input: { id, method: 'web-download', uri: base + path, ...more },
  })
  await run(operationId)
  return operationId
}

interface Fixture extends SagaFixture {
  imageId: string
  projectId: string
  ctx: Ctx
}
testSaga<never, Fixture>(imageImport({ config: {} } as TestCloud['services']) as never, {
  sagaFor: () => imageImport(cloud.services) as never,
  setup: async () => {
    const { ctx, project } = await makeTenant(cloud)
    const { id } = await make(ctx)
    const { operationId } = await importImage({
      ctx,
      input: { id, method: 'web-download', uri: `${base}/vmdk`, stores: ['file', 'second'] },
    })
    return { db: cloud.db, operationId, imageId: id, projectId: project.id, ctx }
  },
  assertDone: async ({ imageId, ctx, projectId }) => {
    const row = await showImage({ ctx, input: { id: imageId } })
    expect(row).toMatchObject({ status: 'active', diskFormat: 'qcow2', virtualSize: 3 * mib })
    expect(await keysOf(imageId)).toHaveLength(2)
    expect(await cloud.db.imageLocation.count({ where: { imageId, status: 'active' } })).toBe(2)
    expect(stagedOf(imageId)).toEqual([])
    expect(await usedBytes(projectId)).toBe(row.size)
  },
  assertClean: async ({ imageId, projectId, ctx }) => {
    expect(await keysOf(imageId)).toEqual([])
    expect(stagedOf(imageId)).toEqual([])
    expect(await usedBytes(projectId)).toBe(0)
    const row = await showImage({ ctx, input: { id: imageId } })
    expect(row).toMatchObject({ status: 'queued', uploadedBytes: null })
    expect(row.failure).toBeTruthy()
  },
})

describe('an import', () => {
  it('makes of every format what a machine can start from, with the same bytes', async () => {
    const { ctx } = await makeTenant(cloud)
    for (const [path, format] of [
      ['vmdk', 'qcow2'],
      ['vhd', 'qcow2'],
      ['vhdx', 'qcow2'],
      ['vdi', 'qcow2'],
      ['qcow2', 'qcow2'],
      ['raw', 'raw'],
    ] as const) {
      const { id } = await make(ctx)
      await fetchTo(ctx, id, `/${path}`)
      const row = await showImage({ ctx, input: { id } })
      expect(row).toMatchObject({ status: 'active', diskFormat: format, failure: null })
      const image = await openImageForHost(cloud.services, id)
      const bytes = await buffer(await image.open())
      expect(sha512(bytes)).toBe(row.hashValue)
      writeFileSync(join(dir, 'made'), bytes)
      execFileSync('qemu-img', ['convert', '-f', format, '-O', 'raw', 'made', 'back'], { cwd: dir })
      expect(readFileSync(join(dir, 'back')).subarray(0, raw.length).equals(raw)).toBe(true)
    }
  })

  it('gives a store the format that it prefers', async () => {
    const { ctx } = await makeTenant(cloud)
    const { id } = await make(ctx)
    await fetchTo(ctx, id, '/qcow2', { stores: ['third'] })
    expect(await showImage({ ctx, input: { id } })).toMatchObject({
      status: 'active',
      diskFormat: 'raw',
      hashValue: sha512(raw),
    })
  })

  it('takes what was staged, and what an upload declares to be of a foreign format', async () => {
    const { ctx } = await makeTenant(cloud)
    const staged = await make(ctx)
    const input = { id: staged.id, method: 'glance-direct' } as const
    await expect(importImage({ ctx, input })).rejects.toMatchObject({ code: 'conflict' })
    expect(await stageImage({ ctx, input: { id: staged.id }, body: Readable.from([raw]) })).toMatchObject({
      status: 'uploading',
    })
    const { operationId, image } = await importImage({ ctx, input })
    expect(image.status).toBe('importing')
    await run(operationId)
    expect(await showImage({ ctx, input: { id: staged.id } })).toMatchObject({
      status: 'active',
      hashValue: sha512(raw),
    })

    const foreign = await make(ctx, 'vmdk')
    const row = await uploadImage({
      ctx,
      input: { id: foreign.id },
      body: Readable.from([files.get('/vmdk')!]),
    })
    expect(row.status).toBe('importing')
    const { importTask } = await cloud.db.image.findUniqueOrThrow({ where: { id: foreign.id } })
    await run((importTask as { operationId: string }).operationId)
    expect(await showImage({ ctx, input: { id: foreign.id } })).toMatchObject({
      status: 'active',
      diskFormat: 'qcow2',
    })
    expect([...stagedOf(staged.id), ...stagedOf(foreign.id)]).toEqual([])
  })

  it.each<[string, () => Buffer | undefined, object, RegExp]>([
    ['a missing file', () => undefined, {}, /404/],
    ['an empty file', () => Buffer.alloc(0), {}, /empty/],
    ['a gzip file', () => Buffer.concat([Buffer.from('1f8b', 'hex'), raw]), {}, /gzip/],
    ['a VMDK of other files', () => Buffer.from('# Disk DescriptorFile\ncreateType="x"\n'), {}, /VMDK/],
    [
      'a qcow2 over another file',
      () => {
        const bytes = Buffer.from(files.get('/qcow2')!)
        bytes.writeBigUInt64BE(0x200n, 8)
        return bytes
      },
      {},
      /backing file/,
    ],
    [
      'a qcow2 of 8 EiB',
      () => {
        const bytes = Buffer.from(files.get('/qcow2')!)
        bytes.writeBigUInt64BE(2n ** 63n, 24)
        return bytes
      },
      {},
      /64 TiB/,
    ],
    [
      'a VMDK whose insides are broken',
      () => {
        const bytes = Buffer.from(files.get('/vmdk')!)
        const directory = Number(bytes.readBigUInt64LE(56)) * 512
        return bytes.fill(0x7f, directory, directory + 512)
      },
      {},
      /converted|VMDK/,
    ],
    [
      'the wrong hash',
      () => raw,
      { hash: { algorithm: 'sha256', value: 'a'.repeat(64) } },
      /does not have the sha256/,
    ],
  ])('refuses %s and leaves nothing', async (_, bytes, more, words) => {
    const { ctx, project } = await makeTenant(cloud)
    const { id } = await make(ctx)
    const body = bytes()
    if (body) files.set(`/${id}`, body)
    const operationId = await fetchTo(ctx, id, `/${id}`, more)
    expect(await statusOf(operationId)).toBe('failed')
    const row = await showImage({ ctx, input: { id } })
    expect(row).toMatchObject({ status: 'queued', size: null })
    expect(row.failure).toMatch(words)
    expect([...(await keysOf(id)), ...stagedOf(id), await usedBytes(project.id)]).toEqual([0])
  })

  it('does not grow beyond cap and quota, also by conversion', async () => {
    const { ctx, project } = await makeTenant(cloud)
    const limit = files.get('/vmdk')!.length - mib
    await cloud.db.quotaLimit.create({ data: { projectId: project.id, resource: 'image_bytes', limit } })
    const { id } = await make(ctx)
    await fetchTo(ctx, id, '/vmdk')
    expect(await showImage({ ctx, input: { id } })).toMatchObject({
      status: 'queued',
      failure: expect.stringMatching(/Quota exceeded/),
    })
    expect([...(await keysOf(id)), ...stagedOf(id)]).toEqual([])
    const small = { ...cloud.services, config: { ...cloud.config, imageSizeCap: mib } }
    const other = await makeTenant(cloud)
    const { id: large } = await make(other.ctx)
    const input = { id: large, method: 'web-download', uri: `${base}/raw` } as const
    const { operationId } = await importImage({ ctx: other.ctx, input })
    await runSaga(testTools(cloud.db), imageImport(small), operationId, { last: true })
    expect((await showImage({ ctx: other.ctx, input: { id: large } })).failure).toMatch(/at most 1048576/)
  })

  it('can be tried again, cancelled, and outlived by a delete', async () => {
    const { ctx } = await makeTenant(cloud)
    const { id } = await make(ctx)
    const operationId = await fetchTo(ctx, id, `/late-${id}`)
    expect(await statusOf(operationId)).toBe('failed')
    files.set(`/late-${id}`, raw)
    await retryOperation({ ctx, input: { id: operationId } })
    await run(operationId)
    expect(await showImage({ ctx, input: { id } })).toMatchObject({ status: 'active', failure: null })

    const second = await make(ctx)
    const input = { id: second.id, method: 'web-download', uri: `${base}/raw` } as const
    const asked = await importImage({ ctx, input })
    await expect(importImage({ ctx, input })).rejects.toMatchObject({ code: 'conflict' })
    await cancelOperation({ ctx, input: { id: asked.operationId } })
    await run(asked.operationId)
    expect(await showImage({ ctx, input: { id: second.id } })).toMatchObject({ status: 'queued' })

    const again = await importImage({ ctx, input })
    await deleteImage({ ctx, input: { id: second.id } })
    await run(again.operationId)
    expect([...(await keysOf(second.id)), ...stagedOf(second.id)]).toEqual([])
  })

  it('refuses what can be told at once', async () => {
    const { ctx } = await makeTenant(cloud)
    const { id } = await make(ctx)
    const ask = (input: object) => importImage({ ctx, input: { id, method: 'web-download', ...input } })
    for (const uri of [undefined, 'x', 'file:///etc/passwd', 'ftp://a/b', 'http://user:secret@host/x'])
      await expect(ask({ uri })).rejects.toMatchObject({ code: 'invalid_input', field: 'uri' })
    await expect(ask({ uri: base, stores: ['nowhere'] })).rejects.toMatchObject({ field: 'stores' })
    await expect(ask({ method: 'copy-image' })).rejects.toMatchObject({ code: 'forbidden' })
    await expect(ask({ method: 'glance-direct', uri: base })).rejects.toMatchObject({ field: 'uri' })
  })
})

describe('a staged file', () => {
  it('is given up when it is cancelled, expires or belongs to nobody', async () => {
    const { ctx } = await makeTenant(cloud)
    const [first, second, third] = [await make(ctx), await make(ctx), await make(ctx)]
    for (const { id } of [first, second, third])
      await stageImage({ ctx, input: { id }, body: Readable.from([raw]) })
    await cancelImageUpload({ ctx, input: { id: first.id } })
    expect(stagedOf(first.id)).toEqual([])
    await cloud.db.image.update({
      where: { id: second.id },
      data: { uploadExpiresAt: new Date(Date.now() - 1) },
    })
    await expireUploads(cloud.services)
    expect(await showImage({ ctx, input: { id: second.id } })).toMatchObject({ status: 'queued' })
    expect(stagedOf(second.id)).toEqual([])
    const later = new Date(Date.now() + 3_600_000)
    await removeLeftStaging(cloud.services, { now: later })
    expect(stagedOf(third.id)).toHaveLength(1)
    await cloud.db.image.delete({ where: { id: third.id } })
    await removeLeftStaging(cloud.services, { now: later })
    expect(stagedOf(third.id)).toEqual([])
  })
})

describe('a copy to other stores', () => {
  const ready = async () => {
    const { ctx, project } = await makeTenant(cloud)
    const { id } = await make(ctx)
    await uploadImage({ ctx, input: { id }, body: Readable.from([raw]) })
    return { id, ctx, admin: ctxFor(cloud, { project, systemRole: 'admin' }) }
  }
  const copyTo = (ctx: Ctx, id: string, more: object) =>
    importImage({ ctx, input: { id, method: 'copy-image', ...more } })
  const runCopy = (operationId: string) =>
    runSaga(testTools(cloud.db), imageCopy(cloud.services), operationId, { last: true })

  it('has the same bytes, and is not made of damaged ones', async () => {
    const { id, admin } = await ready()
    const { operationId } = await copyTo(admin, id, { stores: ['second'] })
    await expect(copyTo(admin, id, { stores: ['second'] })).rejects.toMatchObject({ code: 'conflict' })
    // What is being filled is nobody's orphan.
    expect(await removeOrphanFiles(cloud.services, { now: new Date(Date.now() + 3_600_000) })).toBe(0)
    await runCopy(operationId)
    expect(await statusOf(operationId)).toBe('succeeded')
    expect(await keysOf(id)).toHaveLength(2)

    const [own] = await cloud.db.imageLocation.findMany({ where: { imageId: id, store: 'file' } })
    const path = join(cloud.config.home, 'images', own!.key.slice(-2), own!.key)
    const damaged = Buffer.from(raw)
    damaged[1_000] = (damaged[1_000]! + 1) % 256
    writeFileSync(path, damaged)
    const third = await copyTo(admin, id, { allStores: true })
    await runCopy(third.operationId)
    const failed = await cloud.db.operation.findUniqueOrThrow({ where: { id: third.operationId } })
    expect(failed).toMatchObject({ status: 'failed', errorMessage: expect.stringMatching(/changed/) })
    expect(await keysOf(id)).toHaveLength(2)
    expect(await cloud.db.imageLocation.count({ where: { imageId: id } })).toBe(2)

    writeFileSync(path, raw)
    await retryOperation({ ctx: admin, input: { id: third.operationId } })
    await runCopy(third.operationId)
    expect(await cloud.db.imageLocation.count({ where: { imageId: id, status: 'active' } })).toBe(3)
  })

  interface CopyFixture extends SagaFixture {
    id: string
  }
  testSaga<never, CopyFixture>(imageCopy({ config: {} } as TestCloud['services']) as never, {
    sagaFor: () => imageCopy(cloud.services) as never,
    setup: async () => {
      const { id, admin } = await ready()
      const { operationId } = await copyTo(admin, id, { stores: ['second', 'third'] })
      return { db: cloud.db, operationId, id }
    },
    assertDone: async ({ id }) => {
      expect(await keysOf(id)).toHaveLength(3)
      expect(await cloud.db.imageLocation.count({ where: { imageId: id, status: 'active' } })).toBe(3)
    },
    assertClean: async ({ id }) => {
      expect(await keysOf(id)).toHaveLength(1)
      expect(await cloud.db.imageLocation.count({ where: { imageId: id } })).toBe(1)
    },
  })
})
