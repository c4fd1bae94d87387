import { randomBytes, randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { imageStoreSettings } from '@nephos/config'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Ctx } from '../../kernel/index.ts'
import { createTestCloud, ctxFor, makeTenant, type TestCloud } from '../../testing/index.ts'
import {
  createImage,
  downloadImage,
  dropFromStore,
  openImageForHost,
  removeOrphanFiles,
  showImage,
  uploadImage,
} from '../index.ts'
import type { ImageStore } from './define.ts'
import { imageStore } from './open-store.ts'
import { S3Store } from './s3.ts'
import { SwiftStore } from './swift.ts'
import { hasSwift, startSwift, type TestSwift } from './testing/swift.ts'

const mib = 2 ** 20
const available = hasSwift()
const newKey = () => `${randomUUID()}.${randomBytes(12).toString('hex')}`

describe.runIf(available)('stores on another machine', () => {
  let swift: TestSwift
  let gate: Gate
  let keystone: Server
  let cloud: TestCloud
  beforeAll(async () => {
    swift = await startSwift()
    gate = await openGate(swift.port)
    keystone = await fakeKeystone(swift.port)
    cloud = await createTestCloud({
      config: { imageStores: [...Object.values(words()), 'file'] },
    })
    await makeBucket()
  }, 60_000)
  afterAll(async () => {
    keystone?.close()
    gate?.close()
    await cloud?.close()
    await swift?.stop()
  })

  const words = () => ({
    s3: `s3=s3+http://test%3Atester:testing@127.0.0.1:${gate.port}/images/cloud?part_mib=5`,
    swift: `swift=swift+http://test%3Atester:testing@127.0.0.1:${gate.port}/auth/v1.0?segment_mib=5`,
    keystone: `keystone=swift+http://tester:testing@127.0.0.1:${(keystone.address() as AddressInfo).port}/v3?container=by-keystone&segment_mib=5`,
  })
  const storeOf = (name: string): ImageStore => imageStore(cloud.config, name)
  const keysOf = async (store: ImageStore) => {
    const keys: string[] = []
    for await (const { key } of store.list()) keys.push(key)
    return keys
  }
  const names = ['s3', 'swift', 'keystone'] as const

  async function makeBucket() {
    process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'
    const { CreateBucketCommand, S3Client } = await import('@aws-sdk/client-s3')
    const client = new S3Client({
      endpoint: `http://127.0.0.1:${swift.port}`,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: 'test:tester', secretAccessKey: 'testing' },
      requestChecksumCalculation: 'WHEN_REQUIRED',
    })
    await client.send(new CreateBucketCommand({ Bucket: 'images' }))
    client.destroy()
  }

  it.each(names)('%s keeps small files and large ones, whole and in part', async (name) => {
    const store = storeOf(name)
    for (const size of [1_000, 12 * mib + 5]) {
      const key = newKey()
      const bytes = randomBytes(size)
      expect(await store.size(key)).toBeNull()
      await expect(store.open(key)).rejects.toMatchObject({ code: 'not_found' })
      const pieces = [bytes.subarray(0, 700), bytes.subarray(700, 900), bytes.subarray(900)]
      expect(await store.put(key, Readable.from(pieces))).toEqual({ store: name, size })
      expect(await store.size(key)).toBe(size)
      expect((await buffer(await store.open(key))).equals(bytes)).toBe(true)
      const range = { start: size - 300, end: size - 100 }
      expect(await buffer(await store.open(key, range))).toEqual(bytes.subarray(size - 300, size - 99))
      expect(await keysOf(store)).toContain(key)
      await store.delete(key)
      await store.delete(key)
      expect(await store.size(key)).toBeNull()
      expect(await keysOf(store)).not.toContain(key)
    }
  })

  it.each(names)('%s keeps nothing of what breaks off, whoever broke it', async (name) => {
    const store = storeOf(name)
    const [ours, theirs] = [newKey(), newKey()]
    const broken = new Error('the sender went away')
    async function* breaking() {
      for (let piece = 0; piece < 7; piece++) yield randomBytes(mib)
      throw broken
    }
    await expect(store.put(ours, breaking())).rejects.toBe(broken)
    async function* cutting() {
      for (let piece = 0; piece < 9; piece++) yield randomBytes(mib)
      gate.shut()
      for (let piece = 0; piece < 9; piece++) yield randomBytes(mib)
    }
    // The gate of `keystone` is Swift's own door.
    if (name !== 'keystone')
      await expect(store.put(theirs, cutting())).rejects.toMatchObject({ code: 'unavailable' })
    gate.open()
    expect(await store.size(ours)).toBeNull()
    expect(await store.size(theirs)).toBeNull()
    expect(await keysOf(store)).not.toContain(ours)
    // What could not be taken back then is an orphan, and can be removed like any key.
    await store.delete(theirs)
    expect(await keysOf(store)).not.toContain(theirs)
  })

  it('tell wrong keys and missing buckets from silence', async () => {
    const settings = (word: string) => imageStoreSettings({ home: '/', imageStores: [word] })[0]!
    const s3 = (word: string) => new S3Store(settings(word) as ConstructorParameters<typeof S3Store>[0])
    const wrong = s3(words().s3.replace('testing@', 'wrong@'))
    await expect(wrong.size(newKey())).rejects.toMatchObject({ code: 'driver_failed' })
    const nowhere = s3(words().s3.replace('/images/', '/nowhere/'))
    await expect(nowhere.put(newKey(), Readable.from([Buffer.from('x')]))).rejects.toThrow(/bucket/)
    const swiftOf = (word: string) =>
      new SwiftStore(settings(word) as ConstructorParameters<typeof SwiftStore>[0])
    const stranger = swiftOf(words().swift.replace('testing@', 'wrong@'))
    await expect(stranger.size(newKey())).rejects.toMatchObject({ code: 'driver_failed' })
    const silent = swiftOf('x=swift+http://a:b@127.0.0.1:1/auth/v1.0')
    await expect(silent.size(newKey())).rejects.toMatchObject({ code: 'unavailable' })
    await expect(s3('x=s3+http://a:b@127.0.0.1:1/b').size(newKey())).rejects.toMatchObject({
      code: 'unavailable',
    })
  })

  it('hold images like the store on disk does, and are swept of what nobody owns', async () => {
    const { ctx, project } = await makeTenant(cloud)
    const bytes = randomBytes(11 * mib)
    const { id } = await createImage({ ctx, input: { name: 'remote' } })
    await uploadImage({ ctx, input: { id }, body: Readable.from([bytes]), size: bytes.length })
    const [location] = await cloud.db.imageLocation.findMany({ where: { imageId: id } })
    expect(location).toMatchObject({ store: 's3', status: 'active' })
    const data = await downloadImage({ ctx, input: { id } })
    expect((await buffer(await data!.open())).equals(bytes)).toBe(true)
    expect(await buffer(await data!.open({ start: 5, end: 9 }))).toEqual(bytes.subarray(5, 10))

    // A second location is read when the first store is away.
    const host = await openImageForHost(cloud.services, id)
    await storeOf('file').put(location!.key, Readable.from([bytes]))
    await cloud.db.imageLocation.create({ data: { imageId: id, store: 'file', key: location!.key } })
    gate.shut()
    await expect(host.open()).rejects.toMatchObject({ code: 'unavailable' })
    const again = await openImageForHost(cloud.services, id)
    expect((await buffer(await again.open())).equals(bytes)).toBe(true)
    gate.open()

    const lost = newKey()
    for (const name of names) await storeOf(name).put(lost, Readable.from([randomBytes(6 * mib)]))
    const later = new Date(Date.now() + 3_600_000)
    expect(await removeOrphanFiles(cloud.services, { now: later })).toBe(3)
    expect(await storeOf('s3').size(location!.key)).toBe(bytes.length)

    const admin = ctxFor(cloud, { project, systemRole: 'admin' })
    await dropFromStore({ ctx: admin, input: { id, store: 's3' } })
    expect(await storeOf('s3').size(location!.key)).toBeNull()
    await expect(dropFromStore({ ctx: admin, input: { id, store: 'file' } })).rejects.toMatchObject({
      code: 'conflict',
    })
    await expect(dropFromStore({ ctx: admin, input: { id, store: 's3' } })).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  it('that fail in the middle of an upload leave the image queued and say why', async () => {
    const { ctx } = await makeTenant(cloud)
    const { id } = await createImage({ ctx, input: { name: 'broken' } })
    const body = Readable.from(
      (async function* () {
        for (let piece = 0; piece < 8; piece++) yield randomBytes(mib)
        gate.shut()
        for (let piece = 0; piece < 8; piece++) yield randomBytes(mib)
      })(),
    )
    await expect(uploadImage({ ctx, input: { id }, body })).rejects.toMatchObject({ code: 'unavailable' })
    gate.open()
    expect(await show(ctx, id)).toMatchObject({
      status: 'queued',
      failure: expect.stringMatching(/image store s3/),
    })
    const later = new Date(Date.now() + 3_600_000)
    await removeOrphanFiles(cloud.services, { now: later })
    expect((await keysOf(storeOf('s3'))).filter((key) => key.startsWith(id))).toEqual([])
  })

  const show = (ctx: Ctx, id: string) => showImage({ ctx, input: { id } })
})

interface Gate {
  port: number
  shut: () => void
  open: () => void
  close: () => void
}

/** A door to a server that can be shut at any moment: connections break off, new ones are refused. */
async function openGate(target: number): Promise<Gate> {
  const through = new Set<{ destroy: () => void }>()
  let isShut = false
  const server = createTcpServer((socket) => {
    if (isShut) return void socket.destroy()
    const upstream = connect(target, '127.0.0.1')
    for (const one of [socket, upstream]) {
      through.add(one)
      one.on('error', () => {})
      one.on('close', () => {
        through.delete(one)
        socket.destroy()
        upstream.destroy()
      })
    }
    socket.pipe(upstream).pipe(socket)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const cut = () => {
    for (const one of through) one.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    shut: () => {
      isShut = true
      cut()
    },
    open: () => {
      isShut = false
    },
    close: () => {
      cut()
      server.close()
    },
  }
}

/** Says what Keystone would say of a user whose tokens Swift makes itself. */
async function fakeKeystone(swiftPort: number): Promise<Server> {
  const server = createServer(async (request, response) => {
    const body = JSON.parse((await buffer(request)).toString()) as {
      auth: { identity: { password: { user: { name: string; password: string } } } }
    }
    const { name, password } = body.auth.identity.password.user
    const answer = await fetch(`http://127.0.0.1:${swiftPort}/auth/v1.0`, {
      headers: { 'x-auth-user': `test:${name}`, 'x-auth-key': password },
    })
    const url = answer.headers.get('x-storage-url') ?? ''
    response.writeHead(201, { 'x-subject-token': answer.headers.get('x-auth-token') ?? '' }).end(
      JSON.stringify({
        token: {
          catalog: [
            { type: 'compute', endpoints: [] },
            {
              type: 'object-store',
              endpoints: [
                { interface: 'internal', region: 'one', url: 'http://127.0.0.1:1' },
                { interface: 'public', region: 'one', url },
              ],
            },
          ],
        },
      }),
    )
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return server
}
