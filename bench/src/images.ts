import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, rmSync } from 'node:fs'
import { copyFile, mkdtemp, open } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { signIn, type TestCloud } from '@nephos/testbed'
import { memoryMb, percentile, timed } from './measure.ts'
import { type Row, row } from './report.ts'

const fileMib = 512
const rounds = 5
const mib = 2 ** 20
const octets = { 'content-type': 'application/octet-stream' }

/**
 * Uploads and downloads of a large image, each in turn with the same through the bare HTTP framework, so that whatever
 * else the machine does meets both.
 */
export async function imageTransfers(cloud: TestCloud, notes: string[]): Promise<Row[]> {
  const directory = await mkdtemp(join(tmpdir(), 'nephos-bench-'))
  const source = join(directory, 'source')
  const raw = await startRawServer(join(directory, 'raw'))
  try {
    await fill(source)
    const { api, token } = await signIn(cloud.apiUrl, {
      name: 'admin',
      password: cloud.adminPassword,
      project: 'demo',
    })
    const headers = { authorization: `Bearer ${token}` }
    const times = { up: [] as number[], rawUp: [] as number[], down: [] as number[], rawDown: [] as number[] }
    const copies: number[] = []
    const before = memoryMb(cloud.pidOf('api'))
    let most = before
    for (let round = 0; round < rounds; round++) {
      const { id } = await api.image.images.create.mutate({ name: 'bench', diskFormat: 'raw' })
      const url = `${cloud.apiUrl}/image/v2/images/${id}/file`
      const watch = setInterval(() => {
        most = Math.max(most, memoryMb(cloud.pidOf('api')))
      }, 100)
      times.rawUp.push(await timed(() => put(raw.url, source, octets)))
      times.up.push(await timed(() => put(url, source, { ...headers, ...octets })))
      times.rawDown.push(await timed(() => get(raw.url, {})))
      times.down.push(await timed(() => get(url, headers)))
      copies.push(await timed(() => synced(source, join(directory, 'copy'))))
      clearInterval(watch)
      await api.image.images.delete.mutate({ id })
    }
    const speed = (samples: number[]) => (fileMib * 1_000) / percentile(samples, 0.5)
    const share = (own: number[], bare: number[]) => (100 * speed(own)) / speed(bare)
    notes.push(
      `an image of ${fileMib} MiB: up ${speed(times.up).toFixed(0)} MiB/s (bare framework ${speed(times.rawUp).toFixed(0)}, hashed by nobody), down ${speed(times.down).toFixed(0)} MiB/s (${speed(times.rawDown).toFixed(0)}); a copy of the file ${speed(copies).toFixed(0)} MiB/s; the API grew by ${(most - before).toFixed(0)} MB meanwhile`,
    )
    return [
      row('image upload, of the bare framework’s speed', share(times.up, times.rawUp), { atLeast: 70 }, '%'),
      row(
        'image download, of the bare framework’s speed',
        share(times.down, times.rawDown),
        { atLeast: 70 },
        '%',
      ),
      row('memory that the API takes for both', most - before, { below: 100 }, 'MB'),
    ]
  } finally {
    raw.process.kill()
    rmSync(directory, { recursive: true, force: true })
  }
}

async function startRawServer(file: string): Promise<{ url: string; process: ChildProcess }> {
  const script = join(import.meta.dirname, 'raw-server.ts')
  const child = spawn(process.execPath, ['--import', 'tsx', script, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [port] = await once(child.stdout, 'data')
  return { url: `http://127.0.0.1:${String(port).trim()}/`, process: child }
}

/** Bytes that no program makes fewer of. */
async function fill(path: string): Promise<void> {
  const file = await open(path, 'w')
  for (let done = 0; done < fileMib; done += 16) await file.write(randomBytes(16 * mib))
  await file.close()
}

async function synced(from: string, to: string): Promise<void> {
  await copyFile(from, to)
  const file = await open(to, 'r+')
  await file.sync()
  await file.close()
}

function put(url: string, path: string, headers: Record<string, string>): Promise<void> {
  return new Promise((resolve, reject) => {
    const length = { 'content-length': String(fileMib * mib) }
    const call = request(url, { method: 'PUT', headers: { ...headers, ...length } }, (answer) => {
      answer.resume()
      answer.once('end', () =>
        answer.statusCode === 204 ? resolve() : reject(new Error(`PUT ${url}: ${answer.statusCode}`)),
      )
    })
    call.once('error', reject)
    createReadStream(path, { highWaterMark: mib }).pipe(call)
  })
}

function get(url: string, headers: Record<string, string>): Promise<void> {
  return new Promise((resolve, reject) => {
    request(url, { headers }, (answer) => {
      let bytes = 0
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length
      })
      answer.once('end', () =>
        bytes === fileMib * mib ? resolve() : reject(new Error(`GET ${url}: ${bytes} bytes`)),
      )
      answer.once('error', reject)
    })
      .once('error', reject)
      .end()
  })
}
