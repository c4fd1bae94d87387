import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NephosError } from '@nephos/core/errors'

/** Where a connection is taken or made: an address of TCP, or a path of a unix socket. */
export type Endpoint = { host: string; port: number } | { path: string }

/** Carries connections between this process and another network namespace until it is closed. */
export interface Relay {
  /** Where to connect; a port that was asked for as 0 is the one it got. */
  at: Endpoint
  close: () => Promise<void>
}

/**
 * Runs inside the namespace. It ends with its standard input, so that it cannot outlive whoever started it, and says
 * which port it got.
 */
const program = `
const { createServer, connect } = require('node:net')
const [from, to] = process.argv.slice(1).map((text) => JSON.parse(text))
const server = createServer({ allowHalfOpen: true }, (near) => {
  const far = connect({ ...to, allowHalfOpen: true })
  near.on('error', () => far.destroy())
  far.on('error', () => near.destroy())
  near.pipe(far)
  far.pipe(near)
})
server.on('error', (error) => { process.stderr.write(error.message); process.exit(1) })
server.listen(from, () => process.stdout.write(JSON.stringify(server.address())))
process.stdin.on('end', () => process.exit(0)).resume()
`
const startMs = 15_000

/**
 * Takes connections at `from` inside the network namespace `netns` and carries each to `to`, as that namespace
 * reaches it. Unix sockets are the same in every namespace.
 * @throws NephosError driver_failed in the words of the system
 */
export async function openRelay(netns: string, from: Endpoint, to: Endpoint): Promise<Relay> {
  const args = ['netns', 'exec', netns, process.execPath, '-e', program, '--']
  const child = spawn('ip', [...args, JSON.stringify(from), JSON.stringify(to)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, LANG: 'C' },
  })
  let words = ''
  child.stderr.on('data', (text: Buffer) => {
    words += text.toString()
  })
  const close = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  try {
    const said = await firstWords(child)
    const address: unknown = JSON.parse(said)
    const port =
      typeof address === 'object' && address && 'port' in address ? Number(address.port) : undefined
    return { at: 'path' in from ? from : { host: from.host, port: port ?? from.port }, close }
  } catch (cause) {
    await close()
    throw new NephosError(
      'driver_failed',
      `The network between the hosts cannot be used from ${netns}: ${words.trim() || (cause as Error).message}`,
      { cause },
    )
  }
}

async function firstWords(child: ChildProcess): Promise<string> {
  const signal = AbortSignal.timeout(startMs)
  const [said] = (await Promise.race([
    once(child.stdout!, 'data', { signal }),
    once(child, 'exit', { signal }).then(() => Promise.reject(new Error('the relay ended at once'))),
  ])) as [Buffer]
  return said.toString()
}

/** A directory for the sockets of a relay, which only this user can enter. */
export async function socketDir(): Promise<{ path: (name: string) => string; remove: () => Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'nephos-move-'))
  return { path: (name) => join(dir, name), remove: () => rm(dir, { recursive: true, force: true }) }
}
