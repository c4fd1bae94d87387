import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type NatsUser, usersText } from '../bus/permissions.ts'

/** A nats-server with JetStream of one test. */
export interface TestNats {
  url: string
  /** Ends the process; its store stays. `SIGKILL` unless another signal is named. */
  kill: (signal?: NodeJS.Signals) => Promise<void>
  /** Changes who may connect, without a restart. */
  allow: (users: readonly NatsUser[]) => Promise<void>
  /** Starts it again on the same port, with its old store or with an empty one. */
  restart: (options?: { emptyStore?: boolean }) => Promise<void>
  /** Ends it for good and removes its files. */
  stop: () => Promise<void>
}

/**
 * Starts a nats-server on a free port of the loopback interface, with its store in a temporary directory.
 * @param users who may connect, and what they may do; anybody may do everything without
 */
export async function startTestNats(users?: readonly NatsUser[]): Promise<TestNats> {
  const dir = await mkdtemp(join(tmpdir(), 'nephos-nats-'))
  const store = join(dir, 'store')
  const config = join(dir, 'nats.conf')
  // In the file: with arguments a reload would end JetStream.
  const configure = (allowed?: readonly NatsUser[]) =>
    writeFile(
      config,
      `jetstream { store_dir: ${JSON.stringify(store)} }\n${allowed ? usersText(allowed) : ''}`,
    )
  await configure(users)
  let child = await launch(dir, '-1')
  const url = child.url
  const port = new URL(url).port

  const kill = async (signal: NodeJS.Signals = 'SIGKILL') => {
    if (child.process.exitCode !== null || child.process.signalCode !== null) return
    const ended = new Promise((resolve) => child.process.once('exit', resolve))
    child.process.kill(signal)
    await ended
  }
  return {
    url,
    kill,
    allow: async (wanted) => {
      await configure(wanted)
      child.process.kill('SIGHUP')
    },
    restart: async ({ emptyStore = false } = {}) => {
      await kill('SIGTERM')
      if (emptyStore) await rm(store, { recursive: true, force: true })
      child = await launch(dir, port)
    },
    stop: async () => {
      await kill()
      await rm(dir, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

async function launch(dir: string, port: string): Promise<{ process: ChildProcess; url: string }> {
  for (const name of await readdir(dir)) if (name.endsWith('.ports')) await rm(join(dir, name))
  const server = spawn(
    'nats-server',
    ['-c', join(dir, 'nats.conf'), '-a', '127.0.0.1', '-p', port, '--ports_file_dir', dir],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let log = ''
  let failed: Error | undefined
  server.on('error', (error) => {
    failed = error
  })
  server.stderr.on('data', (chunk: Buffer) => {
    log = (log + chunk.toString()).slice(-4_000)
  })
  for (let tries = 0; tries < 1_000; tries++) {
    if (failed) throw failed
    if (server.exitCode !== null) throw new Error(`nats-server ended: ${log}`)
    const file = (await readdir(dir)).find((name) => name.endsWith('.ports'))
    const ports = file && parse(await readFile(join(dir, file), 'utf8'))
    if (ports) return { process: server, url: ports }
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  server.kill('SIGKILL')
  throw new Error(`nats-server did not come up: ${log}`)
}

/** The server's URL, once the file is wholly written. */
function parse(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { nats: string[] }).nats[0]
  } catch {
    return undefined
  }
}
