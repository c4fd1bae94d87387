import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A nats-server with JetStream of one test. */
export interface TestNats {
  url: string
  /** Ends the process; its store stays. `SIGKILL` unless another signal is named. */
  kill: (signal?: NodeJS.Signals) => Promise<void>
  /** Starts it again on the same port, with its old store or with an empty one. */
  restart: (options?: { emptyStore?: boolean }) => Promise<void>
  /** Ends it for good and removes its files. */
  stop: () => Promise<void>
}

/** Starts a nats-server on a free port of the loopback interface, with its store in a temporary directory. */
export async function startTestNats(): Promise<TestNats> {
  const dir = await mkdtemp(join(tmpdir(), 'nephos-nats-'))
  const store = join(dir, 'store')
  let child = await launch(dir, store, '-1')
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
    restart: async ({ emptyStore = false } = {}) => {
      await kill('SIGTERM')
      if (emptyStore) await rm(store, { recursive: true, force: true })
      child = await launch(dir, store, port)
    },
    stop: async () => {
      await kill()
      await rm(dir, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

async function launch(
  dir: string,
  store: string,
  port: string,
): Promise<{ process: ChildProcess; url: string }> {
  for (const name of await readdir(dir)) if (name.endsWith('.ports')) await rm(join(dir, name))
  const server = spawn(
    'nats-server',
    ['-a', '127.0.0.1', '-p', port, '-js', '-sd', store, '--ports_file_dir', dir],
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
