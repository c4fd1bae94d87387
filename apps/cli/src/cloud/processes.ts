import { join } from 'node:path'
import { healthSocket, hostNames, labAddress, type NephosConfig, statePaths } from '@nephos/config'
import { root } from '../installation.ts'
import type { ProcessSpec } from '../supervisor/supervised-process.ts'
import type { ServerUser } from './credentials.ts'
import { processEnvironment } from './environment.ts'
import { answers } from './health.ts'

/** Tiers: the servers start first, then what works on them, then what people see. */
export const tiers = { servers: 1, workers: 2, faces: 3 } as const

/**
 * What keeps a process some 60 MB smaller: WebAssembly (the query compiler) without its optimising compiler, which also
 * is faster for the first minutes, and no source maps. The young generation has 16 MB, as Node 20 has it by
 * itself: with less, a busy process spends a tenth of its time collecting garbage. Whoever asks for a talkative log
 * wants traces that point into the sources.
 */
const nodeFlags = ({ logLevel }: NephosConfig): string[] => [
  '--max-semi-space-size=16',
  '--liftoff-only',
  ...(logLevel === 'debug' || logLevel === 'trace' ? ['--enable-source-maps'] : []),
]

/** A worker may take its time to hand work back. */
const workerGraceMs = 30_000

function nodeProcess(
  config: NephosConfig,
  name: string,
  tier: number,
  args: string[],
  extra: Partial<ProcessSpec> = {},
): ProcessSpec {
  return {
    name,
    tier,
    command: process.execPath,
    args: [...nodeFlags(config), ...args],
    cwd: config.home,
    logFile: join(statePaths(config).log, `${name}.log`),
    isReady: () => answers({ socketPath: healthSocket(config, name) }, '/healthz'),
    ...extra,
    env: { ...processEnvironment(config, name), MALLOC_ARENA_MAX: '2', ...extra.env },
  }
}

/** An address to connect to: 0.0.0.0 and :: listen everywhere, also on the loopback. */
const reachable = (bind: string): string => (bind === '0.0.0.0' ? '127.0.0.1' : bind === '::' ? '::1' : bind)

/** `http://127.0.0.1:3000` */
export function urlOf({ bind }: NephosConfig, port: number): string {
  const host = reachable(bind)
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** The addresses of the servers, with the credentials of one user. */
export type Connect = (user: ServerUser) => Partial<Pick<NephosConfig, 'natsUrl' | 'databaseUrl'>>

/**
 * The configuration of each host that this machine runs: its name and, in a lab, its address between the hosts. What
 * leads outside is with the first.
 */
export function hostSettings(config: NephosConfig): NephosConfig[] {
  const { hosts = 1 } = config
  return hostNames(config, hosts).map((hostName, index) => ({
    ...config,
    hostName,
    ...(hosts > 1 && { underlayIp: labAddress(config, index) }),
    ...(index > 0 && { externalDoor: 'off' as const, externalInterfaces: [] }),
  }))
}

/** The workers of the hosts of this machine. */
export const hostProcesses = (config: NephosConfig): ProcessSpec[] =>
  nephosProcesses(config).filter(({ name }) => /^(network|volume|compute)-/.test(name))

/**
 * Every process of Nephos itself, in the order in which they are shown. The configuration must be resolved: real ports,
 * drivers, and the addresses of the servers.
 * @param as how each of them connects, when not all do alike
 */
export function nephosProcesses(config: NephosConfig, as: Connect = () => ({})): ProcessSpec[] {
  const workers = join(root, 'apps/workers/dist/main.mjs')
  const host = reachable(config.bind)
  const worker = (name: string, roles: string, settings = config) =>
    nodeProcess(settings, name, tiers.workers, [workers, '--roles', roles], { graceMs: workerGraceMs })
  const hosts = hostSettings(config).map((host) => ({ ...host, ...as({ host: host.hostName }) }))
  return [
    worker('control', 'scheduler,image', { ...config, ...as('control') }),
    ...hosts.map((host) => worker(`network-${host.hostName}`, 'network', host)),
    ...hosts.map((host) => worker(`volume-${host.hostName}`, 'volume', host)),
    ...hosts.map((host) => worker(`compute-${host.hostName}`, 'compute', host)),
    nodeProcess({ ...config, ...as('api') }, 'api', tiers.faces, [join(root, 'apps/api/dist/main.mjs')], {
      isReady: () => answers({ host, port: config.apiPort }, '/healthz'),
    }),
    nodeProcess(
      { ...config, ...as('web') },
      'web',
      tiers.faces,
      [join(root, 'apps/web/.next/standalone/apps/web/server.js')],
      {
        env: { PORT: String(config.webPort), HOSTNAME: config.bind, NEXT_TELEMETRY_DISABLED: '1' },
        isReady: () => answers({ host, port: config.webPort }, '/healthz'),
      },
    ),
  ]
}
