import { mkdtemp, rm, stat } from 'node:fs/promises'
import { request as httpRequest, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MetadataSource } from '@nephos/core'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { GuestCache } from './guest-cache.ts'
import { listenOnSocket } from './listen.ts'
import { createMetadataServer } from './server.ts'

const networkId = '0197c0de-0000-7000-8000-000000000001'
const guest = (name: string): MetadataSource => ({
  instanceId: `id-${name}`,
  projectId: 'p',
  name,
  hostname: name,
  dhcpDomain: 'novalocal',
  launchIndex: 0,
  zone: 'nova',
  metadata: {},
  key: null,
  userData: Buffer.from('#!/bin/sh\n'),
  guestPassword: null,
  reservationId: 'r-1',
  ec2Id: 1,
  imageId: null,
  flavorName: 'tiny',
  ports: [],
})

describe('the metadata service', () => {
  let server: Server
  let socketPath: string
  let directory: string
  let passwords: Map<string, string>
  const byAddress = new Map([
    [`${networkId} 10.0.0.5`, guest('one')],
    [`${networkId} 10.0.0.6`, guest('two')],
  ])
  let broken = false

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nephos-md-'))
    socketPath = join(directory, 'metadata.sock')
    passwords = new Map()
    broken = false
    server = createMetadataServer({
      guests: new GuestCache(async (who) => {
        if (broken) throw new Error('database is down: secret detail')
        return byAddress.get(`${who.networkId} ${who.ipAddress}`) ?? null
      }),
      storePassword: async (id, password) => {
        if (passwords.has(id)) return false
        passwords.set(id, password)
        return true
      },
      log: pino({ level: 'silent' }),
    })
    await listenOnSocket(server, socketPath, null)
  })
  afterEach(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await rm(directory, { recursive: true, force: true })
  })

  const ask = (
    path: string,
    options: { from?: string; method?: string; body?: string; headers?: object } = {},
  ) =>
    new Promise<{ status: number; type: string; body: string }>((resolve, reject) => {
      const { from = '10.0.0.5', method = 'GET', body, headers } = options
      const call = httpRequest(
        {
          socketPath,
          path,
          method,
          headers: { 'X-Network-ID': networkId, 'X-Forwarded-For': from, ...headers },
        },
        (answer) => {
          let text = ''
          answer.setEncoding('utf8').on('data', (chunk) => {
            text += chunk
          })
          answer.on('end', () =>
            resolve({ status: answer.statusCode!, type: answer.headers['content-type'] ?? '', body: text }),
          )
        },
      )
      call.on('error', reject)
      call.end(body)
    })

  test('tells each guest about itself only', async () => {
    const one = await ask('/openstack/latest/meta_data.json')
    expect(one).toMatchObject({ status: 200, type: 'application/json' })
    expect(JSON.parse(one.body)).toMatchObject({ uuid: 'id-one', hostname: 'one.novalocal' })
    expect(JSON.parse((await ask('/openstack/latest/meta_data.json', { from: '10.0.0.6' })).body).uuid).toBe(
      'id-two',
    )
    expect((await ask('/latest/meta-data/hostname')).body).toBe('one.novalocal')
    expect(await ask('/latest/user-data')).toMatchObject({
      status: 200,
      type: 'text/plain; charset=UTF-8',
      body: '#!/bin/sh\n',
    })
    expect((await ask('/', { from: '10.0.0.7' })).status).toBe(404)
    expect((await ask('/', { headers: { 'X-Network-ID': networkId.replace('1', '2') } })).status).toBe(404)
  })

  test('answers at once what it does not have or allow', async () => {
    expect((await ask('/latest/api/token', { method: 'PUT' })).status).toBe(404)
    expect((await ask('/latest/meta-data/nothing')).status).toBe(404)
    expect((await ask('/latest/meta-data', { method: 'DELETE' })).status).toBe(405)
    expect((await ask('/latest/meta-data', { method: 'POST', body: 'x' })).status).toBe(405)
    expect((await ask('/%zz')).status).toBe(400)
    expect((await ask('/', { headers: { 'X-Forwarded-For': 'me' } })).status).toBe(400)
    const head = await ask('/openstack', { method: 'HEAD' })
    expect([head.status, head.body]).toEqual([200, ''])
  })

  test('keeps a password once, and none that is too long', async () => {
    const path = '/openstack/latest/password'
    const post = (body: string) => ask(path, { method: 'POST', body })
    expect((await post('x'.repeat(1_021))).status).toBe(413)
    expect((await post('')).status).toBe(400)
    expect(passwords.size).toBe(0)
    expect((await post('x'.repeat(1_020))).status).toBe(200)
    expect((await post('again')).status).toBe(409)
    expect(passwords.get('id-one')).toHaveLength(1_020)
    expect((await ask(path, { method: 'POST', body: 'x', from: '10.0.0.9' })).status).toBe(404)
  })

  test('refuses headers that are too large and does not tell why it is broken', async () => {
    expect((await ask('/', { headers: { 'X-Big': 'x'.repeat(9_000) } })).status).toBe(431)
    broken = true
    const answer = await ask('/', { from: '10.0.0.8' })
    expect(answer.status).toBe(503)
    expect(answer.body).not.toContain('secret')
  })

  test('can be reached by its group only', async () => {
    expect((await stat(socketPath)).mode & 0o777).toBe(0o660)
    const long = join(directory, 'x'.repeat(120))
    await expect(listenOnSocket(server, long, null)).rejects.toMatchObject({
      code: 'driver_failed',
      field: 'home',
    })
  })
})
