import { readdir, readFile, readlink } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { runTool } from './host-tools.ts'
import { namespaceInode } from './namespaces.ts'

/** A background process of a network. It outlives the worker; a new worker knows it by its command line. */
export interface DaemonSpec {
  /** The exact command line, which names files of this network and so is no other process's. */
  command: readonly string[]
  pidFile: string
  netns: string
}

const stopTimeoutMs = 2_000

/** The daemon's process when it runs with exactly this command line in its namespace, otherwise null. */
export async function findDaemon({ command, pidFile, netns }: DaemonSpec): Promise<number | null> {
  const pid = Number.parseInt(await readFile(pidFile, 'utf8').catch(() => ''), 10)
  if (!Number.isInteger(pid) || pid <= 1) return null
  const [line, inode, wanted] = await Promise.all([
    commandLine(pid),
    readlink(`/proc/${pid}/ns/net`).catch(() => null),
    namespaceInode(netns),
  ])
  const same = line !== null && line.length === command.length && line.every((arg, i) => arg === command[i])
  return same && inode !== null && inode === wanted ? pid : null
}

/**
 * Starts a program that puts itself into the background once it works.
 * @throws NephosError driver_failed with its own words when it does not
 */
export async function startDaemon({ command, netns }: DaemonSpec): Promise<void> {
  await runTool(command, { netns, daemon: true })
}

/**
 * The processes of one program that have a file below `directory` on their command line: ours, also when their pid
 * file is lost.
 */
export async function processesOf(program: string, directory: string): Promise<number[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const found = await Promise.all(
    names.map(async (name) => {
      const line = await commandLine(Number(name))
      const ours =
        line?.[0]?.split('/').at(-1) === program && line.some((arg) => arg.includes(`${directory}/`))
      return ours ? Number(name) : null
    }),
  )
  return found.filter((pid) => pid !== null)
}

/** Ends the processes of {@link processesOf}, by force after two seconds. */
export async function stopDaemons(program: string, directory: string): Promise<void> {
  const deadline = performance.now() + stopTimeoutMs
  for (let signal: NodeJS.Signals = 'SIGTERM'; ; ) {
    const running = await processesOf(program, directory)
    if (running.length === 0) return
    for (const pid of running) kill(pid, signal)
    await sleep(10)
    signal = performance.now() > deadline ? 'SIGKILL' : 'SIGTERM'
  }
}

/** Ends the daemons of networks below `directory` that are not among `kept`, also when no file tells of them. */
export async function stopDaemonsExcept(directory: string, kept: ReadonlySet<string>): Promise<void> {
  const stray = new Set<string>()
  for (const program of ['dnsmasq', 'haproxy'])
    for (const pid of await processesOf(program, directory)) {
      const path = (await commandLine(pid))?.find((arg) => arg.includes(`${directory}/`))
      const networkId = path?.split(`${directory}/`)[1]?.split('/')[0]
      if (networkId && !kept.has(networkId)) stray.add(networkId)
    }
  for (const networkId of stray)
    for (const program of ['dnsmasq', 'haproxy']) await stopDaemons(program, `${directory}/${networkId}`)
}

/** Asks the daemon to read its files again. @returns false when it does not run */
export async function reloadDaemon(spec: DaemonSpec): Promise<boolean> {
  const pid = await findDaemon(spec)
  return pid !== null && kill(pid, 'SIGHUP')
}

function kill(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}

/** Null for a process that is gone or a zombie. */
async function commandLine(pid: number): Promise<string[] | null> {
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  return text === '' ? null : text.replace(/\0$/, '').split('\0')
}
