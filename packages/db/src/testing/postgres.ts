import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { promisify } from 'node:util'
import { postgresAccount, postgresSoftware } from './software.ts'

/** A PostgreSQL server that lives as long as a test run. */
export interface TestPostgres {
  /** Of its maintenance database, as a superuser. */
  url: string
  /** Ends the server and deletes its files. */
  stop: () => Promise<void>
}

const prefix = 'nephos-test-postgres-'
const startTimeoutMs = 30_000

const settings = Object.entries({
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  max_connections: '300',
  shared_buffers: '64MB',
}).flatMap(([name, value]) => ['-c', `${name}=${value}`])

/**
 * Starts a throw-away PostgreSQL on a free port of 127.0.0.1, tuned for speed and not for safety. As root it runs as
 * the system user `postgres`, which is made when missing.
 */
export async function startTestPostgres(): Promise<TestPostgres> {
  await removeAbandoned()
  const account = await postgresAccount()
  const dir = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`))
  const data = join(dir, 'data')
  const port = await freePort()
  const options = { ...account, cwd: '/', env: { ...process.env, LC_ALL: 'C' } }
  let server: ChildProcess | undefined
  const kill = () => server?.kill('SIGQUIT')
  try {
    await chmod(dir, 0o711)
    await mkdir(data, { mode: 0o700 })
    if (account) await chown(data, account.uid, account.gid)
    const bin = join(await postgresSoftware(account, dir), 'bin')
    await promisify(execFile)(
      join(bin, 'initdb'),
      [
        '-D',
        data,
        '--username=postgres',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--auth=trust',
        '--no-sync',
      ],
      options,
    )
    server = spawn(join(bin, 'postgres'), ['-D', data, '-p', String(port), ...settings], {
      ...options,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    process.once('exit', kill)
    await untilReady(server, data)
  } catch (error) {
    kill()
    process.off('exit', kill)
    await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
    throw error
  }
  const running = server
  return {
    url: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    stop: async () => {
      process.off('exit', kill)
      const ended = new Promise((resolve) => running.once('exit', resolve))
      if (running.exitCode === null && running.kill('SIGINT')) await ended
      await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
    },
  }
}

/** PostgreSQL writes `ready` on the eighth line of its pid file once it takes connections. */
async function untilReady(server: ChildProcess, data: string): Promise<void> {
  let output = ''
  server.stderr?.on('data', (chunk) => {
    output = `${output}${chunk}`.slice(-4000)
  })
  for (const deadline = Date.now() + startTimeoutMs; Date.now() < deadline; await setTimeout(10)) {
    if (server.exitCode !== null || server.signalCode !== null) break
    const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
    if (Number(lines[0]) === server.pid && lines[7]?.trim() === 'ready') return
  }
  throw new Error(`PostgreSQL did not start:\n${output}`)
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('No free port was found.')
  return address.port
}

// A test run that was killed could not stop its server: the next one does.
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const owner = name.startsWith(prefix) ? Number(name.slice(prefix.length).split('-')[0]) : Number.NaN
    if (!Number.isInteger(owner) || isAlive(owner)) continue
    const dir = join(tmpdir(), name)
    const pidFile = await readFile(join(dir, 'data/postmaster.pid'), 'utf8').catch(() => '')
    const pid = Number(pidFile.split('\n')[0])
    const commandLine = pid > 0 ? await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') : ''
    if (commandLine.includes(dir)) process.kill(pid, 'SIGQUIT')
    await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
