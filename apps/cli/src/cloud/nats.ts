import { existsSync, mkdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type NephosConfig, statePaths } from '@nephos/config'
import { Failure } from '../failure.ts'
import { writeAtomically } from '../supervisor/cloud-file.ts'
import type { ProcessSpec } from '../supervisor/supervised-process.ts'
import { baseEnvironment } from './environment.ts'
import { greets } from './health.ts'
import { serverPassword } from './secrets.ts'

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

/** Address of the embedded NATS server, with its credentials. */
export const natsUrl = (config: NephosConfig, port: number): string =>
  `nats://nephos:${serverPassword(config, 'nats')}@127.0.0.1:${port}`

/**
 * The embedded NATS server with JetStream, on the loopback, with a password.
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
  const file = join(paths.run, 'nats.conf')
  // A file and not arguments: the password would be visible to everyone in the list of processes.
  writeAtomically(
    file,
    [
      `listen: "127.0.0.1:${port}"`,
      `jetstream { store_dir: ${JSON.stringify(paths.nats)} }`,
      `authorization { user: nephos, password: ${JSON.stringify(serverPassword(config, 'nats'))} }`,
      'max_payload: 1MB',
      'lame_duck_duration: "30s"',
      '',
    ].join('\n'),
  )
  return {
    name: 'nats',
    tier: 1,
    command,
    args: ['-c', file],
    env: baseEnvironment(),
    cwd: paths.nats,
    logFile: join(paths.log, 'nats.log'),
    isReady: () => greets('127.0.0.1', port, 'INFO '),
    readyTimeoutMs: 20_000,
  }
}
