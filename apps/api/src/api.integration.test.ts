import { createHash, randomBytes } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createServices, type OpenServices } from '@nephos/core'
import { createTestCloud, makeProject, makeUser, type TestCloud } from '@nephos/core/testing'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApps } from './app.ts'
import { type ApiServer, listen } from './server.ts'

const password = 'correct horse battery'
let cloud: TestCloud
let services: OpenServices
let server: ApiServer
let socket: string
const logged: string[] = []

beforeAll(async () => {
  cloud = await createTestCloud()
  socket = join(cloud.config.home, 'run', 'api.sock')
  services = createServices({
    // Nobody listens there: the API must serve without NATS.
    config: { ...cloud.config, databaseUrl: cloud.databaseUrl, natsUrl: 'nats://127.0.0.1:1' },
    processName: 'api',
    log: pino({ level: 'error' }, { write: (line: string) => logged.push(line) }),
  })
  server = await listen(createApps(services), { bind: '127.0.0.1', apiPort: 0 }, socket)
})
afterAll(async () => {
  await server?.close(0)
  await services?.close()
  await cloud.close()
})

interface Answer {
  status: number
  headers: Headers
  json: {
    result?: { data: { json: Record<string, unknown> } }
    error?: { json: { message: string; data: Record<string, unknown> } } & Record<string, unknown>
  }
}

async function call(path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`${server.url}${path}`, init)
  const text = await response.text()
  return { status: response.status, headers: response.headers, json: text ? JSON.parse(text) : {} }
}
const mutation = (path: string, input: unknown, headers: Record<string, string> = {}) =>
  call(`/trpc/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ json: input }),
  })
const query = (path: string, input: unknown, headers: Record<string, string> = {}) =>
  call(`/trpc/${path}?input=${encodeURIComponent(JSON.stringify({ json: input }))}`, { headers })

async function signIn(role: 'reader' | 'member' | 'admin' = 'member') {
  const project = await makeProject(cloud)
  const user = await makeUser(cloud, { password, role, project })
  const answer = await mutation('identity.tokens.authenticate', {
    name: user.name,
    password,
    project: project.name,
  })
  expect(answer.status).toBe(200)
  const secret = answer.json.result!.data.json.secret as string
  return { project, user, secret, bearer: { authorization: `Bearer ${secret}` } }
}

async function newImage(headers: Record<string, string>): Promise<string> {
  const answer = await mutation('image.images.create', { name: 'test' }, headers)
  expect(answer.status).toBe(200)
  return answer.json.result!.data.json.id as string
}
const file = (id: string) => `${server.url}/image/v2/images/${id}/file`
const octets = { 'content-type': 'application/octet-stream' }

describe('/trpc', () => {
  it('takes a token from either header', async () => {
    const { secret, bearer, user } = await signIn()
    for (const headers of [bearer, { 'x-auth-token': secret }]) {
      const answer = await query('identity.sessions.current', {}, headers)
      expect(answer.status).toBe(200)
      expect(answer.json.result!.data.json).toMatchObject({ user: { name: user.name } })
    }
  })

  it('answers without an input where every field has a default', async () => {
    const { bearer } = await signIn()
    const answer = await call('/trpc/image.images.list', { headers: bearer })
    expect(answer.json.result!.data.json).toEqual({ items: [], nextCursor: null })
  })

  it('says who nobody is, also to a wrong token', async () => {
    const nobodies: Record<string, string>[] = [
      {},
      { authorization: 'Bearer wrong' },
      { 'x-auth-token': 'x'.repeat(43) },
    ]
    for (const headers of nobodies) {
      const answer = await query('image.images.list', {}, headers)
      expect(answer.status).toBe(401)
      expect(answer.json.error!.json.data).toMatchObject({ code: 'unauthenticated' })
    }
  })

  it('gives code, field, remedy and request id of an error, and no stack', async () => {
    const { bearer } = await signIn('reader')
    const id = 'req-01234567-89ab-4cde-8f01-23456789abcd'
    const forbidden = await mutation('image.images.create', { name: 'x' }, { ...bearer, 'x-request-id': id })
    expect(forbidden.status).toBe(403)
    expect(forbidden.headers.get('x-openstack-request-id')).toBe(id)
    expect(forbidden.json.error!.json.data).toEqual({
      code: 'forbidden',
      field: null,
      remedy: 'Ask an administrator for the role member.',
      detail: expect.objectContaining({ role: 'member' }),
      requestId: id,
      httpStatus: 403,
      path: 'image.images.create',
    })
    const invalid = await query('image.images.list', { limit: 0 }, bearer)
    expect(invalid.status).toBe(400)
    expect(invalid.json.error!.json.data).toMatchObject({ code: 'invalid_input', field: 'limit' })
    const unknown = await query('image.images.nonsense', {}, bearer)
    expect(unknown.status).toBe(404)
    expect(unknown.json.error!.json.data).toMatchObject({ code: 'not_found' })
    const wrongMethod = await query('image.images.create', { name: 'x' }, bearer)
    expect(wrongMethod.status).toBe(405)
    expect(JSON.stringify([forbidden.json, invalid.json, unknown.json, wrongMethod.json])).not.toMatch(
      /stack|node_modules|\.ts:/,
    )
  })

  it('makes a request id of its own when the one given has not the right form', async () => {
    const answer = await call('/healthz', { headers: { 'x-openstack-request-id': 'req-1\tx' } })
    expect(answer.headers.get('x-openstack-request-id')).toMatch(/^req-[0-9a-f-]{36}$/)
  })

  it('hides unexpected errors and logs them with the request id', async () => {
    const { bearer } = await signIn()
    logged.length = 0
    const { image } = services.db
    const broken = Object.create(image, {
      findMany: { value: () => Promise.reject(new Error('the disk of secret-host is on fire')) },
    })
    Object.defineProperty(services.db, 'image', { value: broken, configurable: true })
    try {
      const answer = await query('image.images.list', {}, bearer)
      expect(answer.status).toBe(500)
      expect(answer.json.error!.json.message).toBe('Something went wrong inside Nephos.')
      expect(answer.json.error!.json.data).toMatchObject({ code: 'internal' })
      expect(JSON.stringify(answer.json)).not.toContain('secret-host')
      const requestId = answer.headers.get('x-openstack-request-id')!
      expect(logged.some((line) => line.includes('secret-host') && line.includes(requestId))).toBe(true)
    } finally {
      Object.defineProperty(services.db, 'image', { value: image, configurable: true })
    }
  })

  it('ignores cookies and opens no browser sessions', async () => {
    const { user } = await signIn()
    const login = await mutation('identity.sessions.login', { name: user.name, password })
    expect(login.status).toBe(422)
    expect(login.headers.get('set-cookie')).toBeNull()
    expect(login.json.error!.json.data.remedy).toMatch(/identity\.tokens\.authenticate/)
  })

  it('refuses bodies over 1 MiB and answers a batch', async () => {
    const { bearer } = await signIn()
    const large = await mutation('image.images.create', { name: 'x'.repeat(1_100_000) }, bearer)
    expect(large.status).toBe(413)
    expect(large.json.error).toMatchObject({ code: 'too_large', detail: { limit: 1_048_576 } })
    const input = encodeURIComponent(JSON.stringify({ 0: { json: {} }, 1: { json: {} } }))
    const batch = await fetch(
      `${server.url}/trpc/image.images.list,identity.sessions.current?batch=1&input=${input}`,
      { headers: bearer },
    )
    expect(batch.status).toBe(200)
    expect(await batch.json()).toHaveLength(2)
  })

  it('refuses broken JSON', async () => {
    const answer = await call('/trpc/image.images.create', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{',
    })
    expect(answer.status).toBe(400)
    expect(answer.json.error!.json.data).toMatchObject({ code: 'invalid_input' })
  })
})

describe('/image/v2/images/:id/file', () => {
  it('takes a file, and gives it back whole and in part', async () => {
    const { bearer } = await signIn()
    const id = await newImage(bearer)
    expect((await fetch(file(id), { headers: bearer })).status).toBe(204)
    const body = randomBytes(700_000)
    const put = await fetch(file(id), { method: 'PUT', headers: { ...bearer, ...octets }, body })
    expect([put.status, await put.text()]).toEqual([204, ''])

    const whole = await fetch(file(id), { headers: bearer })
    expect(whole.headers.get('content-md5')).toBe(createHash('md5').update(body).digest('hex'))
    expect(whole.headers.get('content-length')).toBe('700000')
    expect(Buffer.from(await whole.arrayBuffer())).toEqual(body)
    const part = await fetch(file(id), { headers: { ...bearer, range: 'bytes=100-199' } })
    expect([part.status, part.headers.get('content-range')]).toEqual([206, 'bytes 100-199/700000'])
    expect(Buffer.from(await part.arrayBuffer())).toEqual(body.subarray(100, 200))
    expect((await fetch(file(id), { headers: { ...bearer, range: 'bytes=700000-' } })).status).toBe(416)
    const head = await fetch(file(id), { method: 'HEAD', headers: bearer })
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '700000'])

    const again = await fetch(file(id), { method: 'PUT', headers: { ...bearer, ...octets }, body })
    expect(again.status).toBe(409)
  })

  it('takes a file without an announced length', async () => {
    const { bearer } = await signIn()
    const id = await newImage(bearer)
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(randomBytes(1_000))
        controller.close()
      },
    })
    const put = await fetch(file(id), {
      method: 'PUT',
      headers: { ...bearer, ...octets },
      body,
      duplex: 'half',
    } as RequestInit)
    expect(put.status).toBe(204)
  })

  it('refuses other types, encodings, strangers and other projects', async () => {
    const { bearer } = await signIn()
    const other = await signIn()
    const id = await newImage(bearer)
    const put = (headers: Record<string, string>) =>
      call(`/image/v2/images/${id}/file`, { method: 'PUT', headers, body: randomBytes(100) })
    expect((await put({ ...bearer, 'content-type': 'application/json' })).status).toBe(415)
    expect((await put({ ...bearer, ...octets, 'content-encoding': 'gzip' })).status).toBe(415)
    const stranger = await put(octets)
    expect(stranger.status).toBe(401)
    expect(stranger.json.error).toMatchObject({ code: 'unauthenticated', requestId: expect.any(String) })
    expect((await put({ ...other.bearer, ...octets })).status).toBe(404)
    expect((await fetch(file(id), { headers: other.bearer })).status).toBe(404)
    expect((await fetch(file('no-uuid'), { headers: bearer })).status).toBe(400)
  })

  it('refuses an unusable file at its start and answers although more is coming', async () => {
    const { bearer } = await signIn()
    const id = await newImage(bearer)
    const { status, text } = await new Promise<{ status: number; text: string }>((resolve, reject) => {
      const call = httpRequest(
        file(id),
        { method: 'PUT', headers: { ...bearer, ...octets, 'content-length': 50_000_000 } },
        (response) => {
          let text = ''
          response.on('data', (chunk: Buffer) => {
            text += chunk
          })
          response.on('end', () => {
            resolve({ status: response.statusCode ?? 0, text })
            call.destroy()
          })
        },
      )
      call.on('error', reject)
      call.write(Buffer.concat([Buffer.from('KDMV'), randomBytes(300_000)]))
    })
    expect(status).toBe(400)
    expect(JSON.parse(text).error).toMatchObject({
      code: 'invalid_input',
      field: 'file',
      remedy: expect.stringContaining('qemu-img convert'),
    })
  })

  it('puts the image back when the sender hangs up', async () => {
    const { bearer } = await signIn()
    const id = await newImage(bearer)
    const call = httpRequest(file(id), {
      method: 'PUT',
      headers: { ...bearer, ...octets, 'content-length': 5_000_000 },
    })
    call.on('error', () => {})
    call.write(randomBytes(2_000_000))
    const status = async () => (await cloud.db.image.findUniqueOrThrow({ where: { id } })).status
    await expect.poll(status).toBe('saving')
    await wait(50)
    call.destroy()
    await expect.poll(status).toBe('queued')
  })

  it('takes the session cookie only from the dashboard', async () => {
    const project = await makeProject(cloud)
    const user = await makeUser(cloud, { password, role: 'member', project })
    const { cookie } = await loginAsBrowser(user.name)
    const { secret } = (
      await mutation('identity.tokens.authenticate', { name: user.name, password, project: project.name })
    ).json.result!.data.json as { secret: string }
    const id = await newImage({ 'x-auth-token': secret })
    const put = (headers: Record<string, string>) =>
      fetch(file(id), { method: 'PUT', headers: { ...octets, cookie, ...headers }, body: randomBytes(100) })
    expect((await put({})).status).toBe(403)
    expect((await put({ origin: 'https://evil.example' })).status).toBe(403)
    expect((await put({ 'sec-fetch-site': 'same-site' })).status).toBe(403)
    // What the dashboard says when it passes on an upload whose origin it has checked; no page can say it.
    expect((await put({ 'sec-fetch-site': 'same-origin' })).status).toBe(204)
  })
})

/** A browser's login goes to the dashboard; here straight to the procedures that it mounts. */
async function loginAsBrowser(name: string): Promise<{ cookie: string }> {
  const { serveTrpc } = await import('@nephos/api/trpc')
  const response = await serveTrpc({
    services,
    endpoint: '/api/trpc',
    face: 'browser',
    address: '127.0.0.1',
    request: new Request('http://cloud.example/api/trpc/identity.sessions.login', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
      body: JSON.stringify({ json: { name, password } }),
    }),
  })
  expect(response.status).toBe(200)
  return { cookie: response.headers.getSetCookie()[0]!.split(';')[0]! }
}

describe('the process', () => {
  it('serves without NATS and says so, on the port and on the socket', async () => {
    const answer = await call('/healthz')
    expect(answer.status).toBe(200)
    expect(answer.json).toMatchObject({ status: 'degraded', database: { up: true }, nats: { up: false } })
    const overSocket = await new Promise<string>((resolve, reject) => {
      const client = connect(socket, () => client.write('GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n'))
      let text = ''
      client.on('data', (chunk) => {
        text += chunk
      })
      client.on('end', () => resolve(text))
      client.on('error', reject)
    })
    expect(overSocket).toContain('200 OK')
    expect(overSocket).toContain('"degraded"')
  })

  it('measures requests by procedure, not by what callers make up', async () => {
    await query('image.images.list', {})
    await query('made.up', {})
    const text = await (await fetch(`${server.url}/metrics`)).text()
    expect(text).toMatch(
      /nephos_http_request_duration_seconds_count\{[^}]*route="\/trpc\/image\.images\.list"/,
    )
    expect(text).toContain('route="/trpc/unknown"')
    expect(text).not.toContain('made.up')
    expect(text).toMatch(/nephos_outbox_rows \d+/)
    expect(text).toContain('nephos_bus_connected 0')
  })

  it('sends careful headers and a JSON error where there is nothing', async () => {
    const answer = await call('/nothing/here')
    expect(answer.status).toBe(404)
    expect(answer.json.error).toMatchObject({ code: 'not_found', requestId: expect.stringMatching(/^req-/) })
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
  })
})
