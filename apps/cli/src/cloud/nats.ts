import { existsSync, mkdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type NephosConfig, statePaths } from '@nephos/config'
import { usersText } from '@nephos/jobs/permissions'
import { Failure } from '../failure.ts'
import { writeAtomically } from '../supervisor/cloud-file.ts'
import type { ProcessSpec } from '../supervisor/supervised-process.ts'
import { localAddress } from './beyond.ts'
import { natsUsers } from './credentials.ts'
import { baseEnvironment } from './environment.ts'
import { greets } from './health.ts'

/** Where programs are looked for: PATH, the system's directories that a plain PATH lacks, and our own. */
export function findProgram(config: NephosConfig, name: string): string | undefined {
  return [
    ...(process.env.PATH ?? '').split(delimiter),
    '/usr/sbin',
    '/sbin',
    join(config.home, 'tools/usr/sbin'),
  ]
    .filter(Boolean)
    .map((directory) => join(directory, name))
    .find((file) => existsSync(file))
}

const configFile = (config: NephosConfig): string => join(statePaths(config).run, 'nats.conf')

/**
 * Writes the configuration of the embedded NATS server. A server that runs takes it over at SIGHUP, without dropping
 * anybody who may stay. A file and not arguments: passwords would be visible to everyone in the list of processes.
 */
export function writeNatsConfig(config: NephosConfig, port: number): void {
  writeAtomically(
    configFile(config),
    [
      `listen: ${JSON.stringify(`${config.serversBind}:${port}`)}`,
      // Here and not as arguments: with those, taking over a new configuration would end JetStream.
      `jetstream { store_dir: ${JSON.stringify(statePaths(config).nats)} }`,
      usersText(natsUsers(config)),
      'max_payload: 1MB',
      'lame_duck_duration: "30s"',
      '',
    ].join('\n'),
  )
}

/**
 * The embedded NATS server with JetStream; every process of the cloud is a user of its own there.
 * @throws Failure when this machine has no nats-server
 */
export function natsProcess(config: NephosConfig, port: number): ProcessSpec {
  const paths = statePaths(config)
  const command = findProgram(config, 'nats-server')
  if (!command)
    throw new Failure('nats-server is not installed.', {
      remedy:
        process.platform === 'darwin'
          ? 'Run `brew install nats-server`, or set NATS_URL to an existing server.'
          : 'Install it (Debian: `apt-get install nats-server`), or set NATS_URL to an existing server.',
    })
  mkdirSync(paths.nats, { recursive: true, mode: 0o700 })
  writeNatsConfig(config, port)
  return {
    name: 'nats',
    tier: 1,
    command,
    args: ['-c', configFile(config)],
    env: baseEnvironment(),
    cwd: paths.nats,
    logFile: join(paths.log, 'nats.log'),
    isReady: () => greets(localAddress(config), port, 'INFO '),
    readyTimeoutMs: 20_000,
  }
}
