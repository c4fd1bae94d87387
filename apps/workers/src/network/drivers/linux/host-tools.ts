import { spawn } from 'node:child_process'
import { NephosError } from '@nephos/core/errors'

/** How a tool of the host is run. */
export interface ToolOptions {
  /** Name of the network namespace to run it in. */
  netns?: string
  /** What it reads. */
  input?: string
  timeoutMs?: number
  /** It goes on in the background: wait for the command itself, not for the end of its output. */
  daemon?: boolean
}

const environment = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C' }
const outputLimit = 64 * 1024 * 1024

/** Where iproute2 keeps the named namespaces. */
export const netnsPath = (name: string): string => `/run/netns/${name}`

/**
 * Runs a tool without a shell and gives what it printed. It gets nothing of this process's environment.
 * @throws NephosError driver_failed with the tool's own last words
 */
export function runTool(command: readonly string[], options: ToolOptions = {}): Promise<string> {
  const { netns, input, timeoutMs = 20_000, daemon = false } = options
  const [program, ...args] = netns ? ['nsenter', `--net=${netnsPath(netns)}`, '--', ...command] : command
  return new Promise((resolve, reject) => {
    const child = spawn(program!, args, { env: environment, cwd: '/', stdio: ['pipe', 'pipe', 'pipe'] })
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
    let [output, errors, size] = ['', '', 0]
    const collect = (chunk: string) => {
      size += chunk.length
      if (size > outputLimit) child.kill('SIGKILL')
      return chunk
    }
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      output += collect(chunk)
    })
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      errors += collect(chunk)
    })
    const fail = (words: string, cause?: unknown) =>
      reject(new NephosError('driver_failed', `${command[0]}: ${words}`, { cause }))
    child.once('error', (error) => {
      clearTimeout(timer)
      fail(error.message, error)
    })
    child.once(daemon ? 'exit' : 'close', (code: number | null, signal: string | null) => {
      clearTimeout(timer)
      if (daemon) for (const stream of [child.stdout, child.stderr]) stream.destroy()
      if (code === 0) resolve(output)
      else if (daemon) setImmediate(() => fail(lastWords(errors) || ended(code, signal)))
      else fail(lastWords(errors) || ended(code, signal))
    })
    child.stdin.on('error', () => {})
    child.stdin.end(input ?? '')
  })
}

/** Runs commands of `ip` in a namespace, all in one process. Nothing happens for an empty list. */
export async function runIp(netns: string, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return
  await runTool(['ip', '-n', netns, '-batch', '-'], { input: `${lines.join('\n')}\n` })
}

/** Applies nftables text in a namespace: all of it or nothing. */
export const runNft = (netns: string, text: string): Promise<string> =>
  runTool(['nft', '-f', '-'], { netns, input: text })

/** What `ip -j …` prints, parsed. */
export async function readIp(args: readonly string[]): Promise<unknown> {
  const text = await runTool(['ip', '-j', ...args])
  return text.trim() === '' ? [] : JSON.parse(text)
}

const ended = (code: number | null, signal: string | null) =>
  signal ? `ended by ${signal}` : `ended with code ${code}`

const lastWords = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .slice(-3)
    .join(' / ')
    .slice(-500)
