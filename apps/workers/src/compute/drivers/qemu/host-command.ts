import { execFile } from 'node:child_process'
import { NephosError } from '@nephos/core/errors'

/** How a program of the host is run. */
export interface HostCommandOptions {
  timeoutMs?: number
  cwd?: string
  signal?: AbortSignal
}

const environment = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C' }

/** The environment that programs of the host get: nothing of the worker's, which holds secrets. */
export const hostEnvironment = (): NodeJS.ProcessEnv => ({ ...environment })

/**
 * Runs a program of the host, without a shell, and gives what it printed.
 * @throws NephosError driver_failed with the program's own last words; cancelled
 */
export function runHostCommand(
  command: readonly string[],
  { timeoutMs = 30_000, cwd, signal }: HostCommandOptions = {},
): Promise<string> {
  const [program, ...args] = command
  return new Promise((resolve, reject) => {
    execFile(
      program!,
      args,
      { timeout: timeoutMs, killSignal: 'SIGKILL', cwd, signal, env: hostEnvironment(), encoding: 'utf8' },
      (error, stdout, stderr) => {
        if (!error) return resolve(stdout)
        if (signal?.aborted)
          return reject(new NephosError('cancelled', `${program} was cancelled.`, { cause: error }))
        const words = lastWords(stderr) || (error.killed ? `no end after ${timeoutMs} ms` : error.message)
        reject(new NephosError('driver_failed', `${program}: ${words}`, { cause: error }))
      },
    )
  })
}

/** The end of what a program wrote, as one line that fits into a message. */
export const lastWords = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/warning: TCG doesn't support requested feature/.test(line))
    .slice(-3)
    .join(' / ')
    .slice(-500)
