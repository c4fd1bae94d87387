import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { createServices, imageStore, type OpenServices } from '@nephos/core'
import {
  addJoinedHost,
  dropJoinedHost,
  invite,
  readToken,
  redeem,
  sealedMembership,
  unseal,
} from '@nephos/core/joins'
import { createTestCloud, makeImage, makeProject, type TestCloud } from '@nephos/core/testing'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApps } from './app.ts'
import { type ApiServer, listen } from './server.ts'

let cloud: TestCloud
let services: OpenServices
let server: ApiServer
let home: string
beforeAll(async () => {
  cloud = await createTestCloud()
  home = mkdtempSync(join(tmpdir(), 'nephos-host-files-'))
  const config = { ...cloud.config, home, databaseUrl: cloud.databaseUrl, natsUrl: 'nats://127.0.0.1:1' }
  services = createServices({ config, processName: 'api', log: pino({ level: 'silent' }) })
  server = await listen(createApps(services), { bind: '127.0.0.1', apiPort: 0 }, join(home, 'api.sock'))
})
afterAll(async () => {
  await server?.close(0)
  await services?.close()
  await cloud?.close()
  rmSync(home, { recursive: true, force: true })
})

/** The store as the workers of a host on another machine have it. */
const storeOf = (hostName: string, hostSecret: string) =>
  imageStore({ home: '/nowhere', hostName, hostSecret, controlUrl: server.url, imageStores: ['file'] })
const here = () => imageStore({ ...services.config, home })
const keyOf = () => `${randomBytes(8).toString('hex')}.${randomBytes(8).toString('hex')}`

describe('an invitation', () => {
  it('is handed out over HTTP, sealed and once', async () => {
    const member = {
      hostName: 'host2',
      zone: 'nova',
      natsUrl: 'nats://a:b@10.0.0.1:4222',
      databaseUrl: 'postgresql://a:b@10.0.0.1/nephos',
      controlUrl: server.url,
      hostSecret: 'x'.repeat(20),
      underlayPort: 4789,
      dnsForwarders: [],
      dhcpDomain: '',
      serviceDownTime: 60,
    }
    const { id, secret } = readToken(invite(home, member, new Date(Date.now() + 60_000)))
    const ask = () => fetch(`${server.url}/hosts/join/${id}`, { method: 'POST' })
    const answers = await Promise.all([ask(), ask(), ask()])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404])
    const text = await answers.find(({ status }) => status === 200)!.text()
    expect(text).not.toContain(member.natsUrl)
    expect(unseal(sealedMembership.parse(JSON.parse(text)), secret)).toEqual(member)
    expect(() => redeem(home, id)).toThrow()
  })
})

describe('the files of images', () => {
  it('are read in whole and in part, sent, measured and given up by a host of the cloud', async () => {
    const store = storeOf('host2', addJoinedHost(home, 'host2'))
    const [theirs, ours] = [keyOf(), keyOf()]
    const bytes = randomBytes(700_000)
    await here().put(ours, Readable.from([bytes]))
    expect((await buffer(await store.open(ours))).equals(bytes)).toBe(true)
    expect(await buffer(await store.open(ours, { start: 10, end: 19 }))).toEqual(bytes.subarray(10, 20))
    expect(await store.size(ours)).toBe(700_000)
    expect(await store.size(keyOf())).toBeNull()
    await expect(store.open(keyOf())).rejects.toMatchObject({ code: 'not_found' })

    expect(await store.put(theirs, Readable.from([bytes.subarray(0, 100), bytes.subarray(100)]))).toEqual({
      store: 'file',
      size: 700_000,
    })
    expect((await buffer(await here().open(theirs))).equals(bytes)).toBe(true)
    // What is there is never replaced.
    await expect(store.put(theirs, Readable.from([Buffer.from('other')]))).rejects.toMatchObject({
      code: 'driver_failed',
    })
    expect(await here().size(theirs)).toBe(700_000)
    await store.delete(theirs)
    expect(await here().size(theirs)).toBeNull()
  })

  it('keep nothing of a file whose sending breaks off', async () => {
    const store = storeOf('host2', addJoinedHost(home, 'host2'))
    const key = keyOf()
    async function* broken() {
      yield randomBytes(200_000)
      throw new Error('the disk broke')
    }
    await expect(store.put(key, broken())).rejects.toThrow()
    await expect.poll(() => here().size(key)).toBeNull()
  })

  it('of an image stay, whatever a host says', async () => {
    const store = storeOf('host2', addJoinedHost(home, 'host2'))
    const project = await makeProject(cloud)
    const key = keyOf()
    await here().put(key, Readable.from([Buffer.from('image')]))
    const image = await makeImage(cloud, { projectId: project.id })
    await cloud.db.image.update({
      where: { id: image.id },
      data: { locations: { create: { store: 'file', key } }, status: 'active' },
    })
    await expect(store.delete(key)).rejects.toMatchObject({ code: 'driver_failed' })
    expect(await here().size(key)).toBe(5)
  })

  it('are for hosts of the cloud only, as long as they belong to it', async () => {
    const secret = addJoinedHost(home, 'host3')
    const key = keyOf()
    await here().put(key, Readable.from([Buffer.from('image')]))
    const statusOf = async (authorization?: string) =>
      (await fetch(`${server.url}/hosts/files/${key}`, { headers: authorization ? { authorization } : {} }))
        .status
    expect(await statusOf(`Host host3:${secret}`)).toBe(200)
    for (const wrong of [
      undefined,
      `Host host2:${secret}`,
      `Host host3:${secret}x`,
      `Bearer ${secret}`,
      'Host',
    ])
      expect(await statusOf(wrong)).toBe(401)
    const strange = await fetch(`${server.url}/hosts/files/..%2f..%2fetc%2fpasswd`, {
      headers: { authorization: `Host host3:${secret}` },
    })
    expect([400, 404]).toContain(strange.status)
    dropJoinedHost(home, 'host3')
    expect(await statusOf(`Host host3:${secret}`)).toBe(401)
    await expect(storeOf('host3', secret).open(key)).rejects.toMatchObject({ code: 'unauthenticated' })
  })
})
