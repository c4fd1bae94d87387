import { spawn } from 'node:child_process'
import { Failure } from '../failure.ts'

/** How a command is run. */
export interface RunOptions {
  cwd?: string
  env?: NodeJS.ProcessEnv
  input?: string
  uid?: number
  gid?: number
  timeoutMs?: number
}

/** What a command said; `output` is both streams in the order they came. */
export interface Captured {
  code: number
  stdout: string
  output: string
}

/** Most that is kept of each stream; what is older goes first. */
const keep = 4_194_304

/**
 * Runs a command and keeps what it says, whatever its exit code.
 * @throws Failure when it cannot be started or takes longer than it may
 */
export function attempt(command: string, args: string[], options: RunOptions = {}): Promise<Captured> {
  const { timeoutMs = 600_000, input, ...rest } = options
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...rest,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    })
    let stdout = ''
    let output = ''
    child.stdout!.on('data', (chunk: Buffer) => {
      stdout = (stdout + chunk).slice(-keep)
      output = (output + chunk).slice(-keep)
    })
    child.stderr!.on('data', (chunk: Buffer) => {
      output = (output + chunk).slice(-keep)
    })
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Failure(`${command} did not end in ${timeoutMs / 1000} s.`, { evidence: lastLines(output) }))
    }, timeoutMs)
    child.once('error', (error) => {
      clearTimeout(timer)
      reject(new Failure(`${command} cannot be run: ${error.message}`))
    })
    child.once('close', (code, signal) => {
      clearTimeout(timer)
      resolve({ code: signal ? 128 : (code ?? 1), stdout, output })
    })
  })
}

/** Runs a command that must succeed. @throws Failure with the end of what it said */
export async function capture(command: string, args: string[], options: RunOptions = {}): Promise<Captured> {
  const result = await attempt(command, args, options)
  if (result.code !== 0)
    throw new Failure(`${[command, ...args].join(' ').slice(0, 120)} failed (exit code ${result.code}).`, {
      evidence: lastLines(result.output),
    })
  return result
}

const lastLines = (text: string): string[] => text.trim().split('\n').slice(-20)
