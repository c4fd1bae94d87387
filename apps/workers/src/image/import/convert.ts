import { spawn } from 'node:child_process'
import { chmod, chown, link, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { NephosError } from '@nephos/core/errors'
import { hostEnvironment, lastWords } from '../../compute/drivers/qemu/host-command.ts'
import { becomeUser, type QemuUser } from '../../compute/drivers/qemu/user.ts'

const gib = 2 ** 30
/** Names of formats as qemu-img has them. */
const formats: Readonly<Record<string, string>> = { vhd: 'vpc' }

/** What {@link convertFile} takes. */
export interface ConvertOptions {
  /** A file that was inspected. */
  source: string
  format: string
  to: 'qcow2' | 'raw'
  /** Directory of its own, made for this and removed when it fails. */
  dir: string
  virtualSize: number
  /** Most bytes that may come of it. */
  mostBytes: number
  /** Who the program runs as; null: as this process. */
  user: QemuUser | null
  signal: AbortSignal
  onPercent: (percent: number) => void
}

/**
 * Converts a disk with a program that may do nothing but that: it is nobody, sees no more than the file (by the link in
 * its directory), never guesses a format, and is ended when it needs too much memory, time or disk.
 * @returns path of the new file @throws NephosError invalid_input when the file cannot be converted; cancelled
 */
export async function convertFile(options: ConvertOptions): Promise<string> {
  const { source, dir, user, virtualSize, mostBytes } = options
  await rm(dir, { recursive: true, force: true })
  await mkdir(dir, { mode: 0o700 })
  try {
    await link(source, join(dir, 'source'))
    if (user) {
      await chown(join(dir, 'source'), 0, user.gid)
      await chmod(join(dir, 'source'), 0o640)
      await chown(dir, user.uid, user.gid)
    }
    const seconds = 60 + Math.min(3_600, Math.ceil((30 * virtualSize) / gib))
    const limits = [
      ...['prlimit', `--as=${4 * gib}`, `--cpu=${seconds}`, `--fsize=${mostBytes}`],
      ...['--core=0', '--nofile=64', '--'],
    ]
    const from = formats[options.format] ?? options.format
    const convert = ['qemu-img', 'convert', '-p', '-f', from, '-O', options.to, 'source', 'disk']
    await run([...becomeUser(user), ...limits, ...convert], options, seconds * 4_000)
    return join(dir, 'disk')
  } catch (error) {
    await rm(dir, { recursive: true, force: true })
    throw error
  }
}

function run(
  [program, ...args]: string[],
  { dir, signal, onPercent }: ConvertOptions,
  timeoutMs: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program!, args, {
      cwd: dir,
      // The address space is bounded, and each heap of a thread reserves much more of it than it uses.
      env: { ...hostEnvironment(), MALLOC_ARENA_MAX: '2' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      signal,
    })
    let words = ''
    child.stderr.on('data', (chunk: Buffer) => {
      words = (words + chunk.toString()).slice(-2_000)
    })
    child.stdout.on('data', (chunk: Buffer) => {
      const percent = /\((\d+)\.\d+\/100%\)[^(]*$/.exec(chunk.toString())?.[1]
      if (percent) onPercent(Number(percent))
    })
    child.on('error', (cause) =>
      reject(
        signal.aborted
          ? new NephosError('cancelled', 'The import was cancelled.', { cause })
          : new NephosError('driver_failed', `The image could not be converted: ${cause.message}`, { cause }),
      ),
    )
    child.on('close', (code, killed) => {
      if (code === 0) return resolve()
      const why = killed ? 'it needs more time, memory or space than it may' : lastWords(words)
      reject(
        new NephosError('invalid_input', `The image could not be converted: ${why}.`, {
          field: 'file',
          remedy: 'Make a clean copy on your own computer: qemu-img convert -O qcow2 SOURCE image.qcow2',
        }),
      )
    })
  })
}
