import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { NephosError } from '@nephos/core/errors'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fetchFile } from './fetch-file.ts'
import { openUrl } from './open-url.ts'
import { reachable } from './reachable.ts'

const everything = { ports: [80, 443], networks: [] }
const resolvesTo =
  (...addresses: string[]) =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))

describe('addresses', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.20.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::a9fe:a9fe',
    '2002:7f00:1::1',
    '2001:db8::1',
    'ff02::1',
  ])('%s is not asked, whatever name leads to it', async (address) => {
    const literal = address.includes(':') ? `[${address}]` : address
    for (const work of [
      reachable(new URL(`http://${literal}/x`), everything),
      reachable(new URL('http://image.example/x'), everything, resolvesTo(address)),
      // One good address does not help a bad one.
      reachable(new URL('http://image.example/x'), everything, resolvesTo('93.184.216.34', address)),
    ])
      await expect(work).rejects.toMatchObject({ code: 'invalid_input', field: 'uri' })
  })

  it.each(['http://2130706433/', 'http://0x7f.1/', 'http://127.1/', 'http://[::ffff:7f00:1]/'])(
    'are not hidden by how they are written: %s',
    async (url) => {
      await expect(reachable(new URL(url), everything)).rejects.toMatchObject({ field: 'uri' })
    },
  )

  it('of the public are asked, and those that were allowed', async () => {
    const url = new URL('https://image.example/x')
    expect(await reachable(url, everything, resolvesTo('93.184.216.34', '2606:2800:220:1::1'))).toEqual([
      { address: '93.184.216.34', family: 4 },
      { address: '2606:2800:220:1::1', family: 6 },
    ])
    const networks = ['10.7.0.0/16', 'fd00:7::/32']
    expect(await reachable(url, { ...everything, networks }, resolvesTo('10.7.1.1'))).toHaveLength(1)
    expect(await reachable(url, { ...everything, networks }, resolvesTo('fd00:7::1'))).toHaveLength(1)
    await expect(reachable(url, { ...everything, networks }, resolvesTo('10.8.1.1'))).rejects.toThrow(
      /public/,
    )
    await expect(reachable(new URL('http://93.184.216.34:8080/'), everything)).rejects.toThrow(/port 8080/)
    await expect(reachable(new URL('ftp://93.184.216.34/'), everything)).rejects.toThrow(/http/)
  })
})

describe('fetching', () => {
  const bytes = Buffer.alloc(700_000, 'image')
  let server: Server
  let port: number
  let dir: string
  const answers: Record<string, (response: ServerResponse) => void> = {
    '/file': (r) => r.writeHead(200, { 'content-length': bytes.length }).end(bytes),
    '/chunked': (r) => r.writeHead(200).end(bytes),
    '/short': (r) => {
      r.writeHead(200, { 'content-length': bytes.length }).write(bytes.subarray(0, 1_000))
      setTimeout(() => r.destroy(), 20)
    },
    '/gzip': (r) => r.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
    '/missing': (r) => r.writeHead(404).end('no'),
    '/once': (r) => r.writeHead(302, { location: '/file' }).end(),
    '/inside': (r) => r.writeHead(302, { location: 'http://169.254.169.254/latest' }).end(),
    '/scheme': (r) => r.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    '/forever': (r) => r.writeHead(302, { location: '/forever' }).end(),
    '/endless': (r) => {
      r.writeHead(200)
      const more = () => {
        while (r.write(bytes));
        r.once('drain', more)
      }
      more()
    },
  }
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'nephos-fetch-'))
    server = createServer((request, response) => answers[request.url ?? '']?.(response))
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    port = (server.address() as AddressInfo).port
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
    rmSync(dir, { recursive: true })
  })
  const rules = () => ({ ports: [port], networks: ['127.0.0.0/8'] })
  const signal = () => new AbortController().signal
  const at = (path: string) => `http://image.example:${port}${path}`
  const resolve = resolvesTo('127.0.0.1')
  const path = () => join(dir, 'file')
  const fetchIt = (name: string, more: Partial<Parameters<typeof fetchFile>[0]> = {}) =>
    fetchFile({
      task: { uri: at(name) },
      rules: rules(),
      path: path(),
      allow: () => {},
      onBytes: () => {},
      signal: signal(),
      resolve,
      ...more,
    })

  it('goes to the address that was checked, and follows redirects', async () => {
    const { body, size } = await openUrl(at('/once'), { rules: rules(), signal: signal(), resolve })
    expect(size).toBe(bytes.length)
    expect((await buffer(body)).equals(bytes)).toBe(true)
  })

  it('keeps the file, hashes it, and holds it to the hash that was given', async () => {
    const seen: [number, number | null][] = []
    const sha512 = createHash('sha512').update(bytes).digest('hex')
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    const task = { uri: at('/file'), hash: { algorithm: 'sha256', value: sha256 } as const }
    const onBytes = (done: number, total: number | null) => seen.push([done, total])
    expect(await fetchIt('', { task, onBytes })).toEqual({ size: bytes.length, sha512 })
    expect(readFileSync(path()).equals(bytes)).toBe(true)
    expect(seen.at(-1)).toEqual([bytes.length, bytes.length])
    expect(await fetchIt('/chunked')).toEqual({ size: bytes.length, sha512 })
    const wrong = { ...task, hash: { algorithm: 'sha256', value: '0'.repeat(64) } as const }
    await expect(fetchIt('', { task: wrong })).rejects.toMatchObject({ code: 'invalid_input', field: 'hash' })
  })

  it.each([
    ['/inside', /public internet|port 80/],
    ['/scheme', /http and https/],
    ['/forever', /more than 5/],
    ['/gzip', /not asked for/],
    ['/missing', /404/],
    ['/short', /failed|Only/],
  ])('refuses %s', async (name, words) => {
    await expect(fetchIt(name)).rejects.toThrow(words)
  })

  it('stops at the cap, however long the answer goes on', async () => {
    const cap = new NephosError('too_large', 'Too much.')
    const allow = (size: number) => {
      if (size > 2_000_000) throw cap
    }
    await expect(fetchIt('/endless', { allow })).rejects.toBe(cap)
    const small = (size: number) => {
      if (size > 100) throw cap
    }
    await expect(fetchIt('/file', { allow: small })).rejects.toBe(cap)
  })

  it('stops when it is cancelled', async () => {
    const controller = new AbortController()
    const work = fetchIt('/endless', {
      signal: controller.signal,
      onBytes: () => controller.abort(),
    })
    await expect(work).rejects.toMatchObject({ code: 'cancelled' })
  })
})
