import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** Debian's own, which has Debian's Swift. */
const python = '/usr/bin/python3'
const script = new URL('./swift_server.py', import.meta.url).pathname

/** A Swift of a test: user `test:tester`, key `testing`, for its own interface and for that of S3. */
export interface TestSwift {
  port: number
  stop: () => Promise<void>
}

/** Whether Debian's package python3-swift is installed. */
export function hasSwift(): boolean {
  try {
    execFileSync(python, ['-c', 'import swift.proxy.server'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Starts a real Swift with everything it keeps in a directory of its own. */
export async function startSwift(): Promise<TestSwift> {
  const dir = await mkdtemp(join(tmpdir(), 'nephos-swift-'))
  // It ends with its standard input, so also when this process is killed.
  const child = spawn(python, [script, dir], { stdio: ['pipe', 'pipe', 'pipe'] })
  let words = ''
  child.stderr.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-4_000)
  })
  const stop = async () => {
    await ended(child)
    await rm(dir, { recursive: true, force: true })
  }
  const line = await Promise.race([
    once(createInterface(child.stdout), 'line').then(([text]) => String(text)),
    once(child, 'exit').then(() => null),
  ])
  if (line === null) {
    await stop()
    throw new Error(`Swift did not start: ${words}`)
  }
  return { port: (JSON.parse(line) as { port: number }).port, stop }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}
