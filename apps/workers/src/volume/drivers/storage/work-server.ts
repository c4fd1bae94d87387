import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm, stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { NephosError } from '@nephos/core/errors'
import { hostEnvironment, lastWords } from '../../../compute/drivers/qemu/host-command.ts'
import { becomeUser, type QemuUser } from '../../../compute/drivers/qemu/user.ts'
import { asFileName } from './disk-node.ts'
import { NbdClient } from './nbd-client.ts'

/** What to open for work of our own. */
export interface WorkOptions {
  user: QemuUser | null
  /** The volume's `data`. */
  cwd: string
  node: object
  /** Path of the socket; the user has to be able to make it. */
  socket: string
  readOnly: boolean
  /** Snapshot of the disk to show in its place. */
  snapshot?: string
}

/** A disk that is open for work of our own. */
export interface WorkDisk {
  client: NbdClient
  close: () => Promise<void>
}

const startMs = 10_000

/**
 * Opens a disk in a process of its own, which is unprivileged and ends with ours: this process never reads the
 * structures of a disk itself.
 * @throws NephosError driver_failed
 */
export async function openWorkDisk(options: WorkOptions): Promise<WorkDisk> {
  const { user, cwd, node, socket, readOnly, snapshot } = options
  const line = [
    ...becomeUser(user),
    ...['setpriv', '--pdeathsig', 'KILL', '--', 'prlimit', '--as=4294967296', '--core=0'],
    ...['qemu-nbd', '--persistent', '--socket', socket],
    ...(readOnly ? ['--read-only'] : ['--discard=unmap', '--detect-zeroes=unmap']),
    ...(snapshot ? ['--load-snapshot', `snapshot.name=${snapshot}`] : []),
    asFileName(node),
  ]
  await rm(socket, { force: true })
  const child = spawn(line[0]!, line.slice(1), {
    cwd,
    env: hostEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let [words, ended] = ['', false]
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-4_096)
  })
  child.once('error', (error) => {
    words ||= error.message
    ended = true
  })
  child.once('exit', () => {
    ended = true
  })
  const end = async () => {
    if (!ended) {
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      const slow = setTimeout(() => child.kill('SIGKILL'), 10_000)
      await gone
      clearTimeout(slow)
    }
    await rm(socket, { force: true })
  }
  try {
    const deadline = performance.now() + startMs
    let client: NbdClient | null = null
    // The socket is there a moment before it is listened on.
    while (!client) {
      if (ended || performance.now() > deadline)
        throw new NephosError('driver_failed', `qemu-nbd: ${lastWords(words) || 'it did not start'}`)
      if (await stat(socket).catch(() => null)) client = await NbdClient.connect(socket).catch(() => null)
      if (!client) await sleep(5)
    }
    const opened = client
    return {
      client: opened,
      close: async () => {
        opened.close()
        await end()
      },
    }
  } catch (error) {
    await end()
    throw error
  }
}
