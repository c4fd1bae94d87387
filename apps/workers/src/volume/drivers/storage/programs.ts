import { spawn } from 'node:child_process'
import { NephosError } from '@nephos/core/errors'
import { hostEnvironment, lastWords } from '../../../compute/drivers/qemu/host-command.ts'
import { becomeUser, type QemuUser } from '../../../compute/drivers/qemu/user.ts'

/** How a storage program is run. */
export interface ProgramOptions {
  /** Who it runs as; null: as this process does. */
  user: QemuUser | null
  cwd: string
  signal?: AbortSignal
  /** Percent of its work that it says it has done. */
  onPercent?: (percent: number) => void
  /** What it reads. */
  input?: string
}

/** Bounds, so that no disk can make a program eat the host: memory, and seconds of CPU. */
const limits = ['prlimit', '--as=4294967296', '--cpu=7200', '--core=0']

/**
 * Runs a storage program as an unprivileged user, bounded, and gives what it printed. It ends with this process.
 * @throws NephosError driver_failed with its own last words; cancelled
 */
export function runProgram(command: readonly string[], options: ProgramOptions): Promise<string> {
  const { user, cwd, signal, onPercent, input } = options
  // /dev/stdin can be opened when it is a pipe that belongs to the user, which ours is not.
  const piped = input === undefined ? [] : ['sh', '-c', 'cat | "$@"', 'sh']
  const mortal = ['setpriv', '--pdeathsig', 'KILL', '--']
  const line = [...becomeUser(user), ...piped, ...mortal, ...limits, ...command]
  return new Promise((resolve, reject) => {
    const child = spawn(line[0]!, line.slice(1), {
      cwd,
      env: hostEnvironment(),
      signal,
      killSignal: 'SIGKILL',
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    let [output, errors, failure] = ['', '', null as Error | null]
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-1_048_576)
      const percent = [...text.matchAll(/\((\d+(?:\.\d+)?)\/100%\)/g)].at(-1)?.[1]
      if (percent !== undefined) onPercent?.(Number(percent))
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-4_096)
    })
    child.once('error', (error) => {
      failure = error
    })
    child.once('close', (code, ended) => {
      if (signal?.aborted)
        return reject(new NephosError('cancelled', `${command[0]} was cancelled.`, { cause: signal.reason }))
      if (code === 0 && !failure) return resolve(output)
      const words =
        failure?.message || lastWords(errors) || (ended ? `ended by ${ended}` : `ended with ${code}`)
      reject(new NephosError('driver_failed', `${command[0]}: ${words}`, { cause: failure }))
    })
    child.stdin.on('error', () => {})
    child.stdin.end(input ?? '')
  })
}
