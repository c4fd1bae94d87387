import { cloudId, type NephosConfig } from '@nephos/config'
import { type Db, openDb } from '@nephos/db'
import { type OpenBus, openBus, RemoteError } from '@nephos/jobs'
import { startTracing } from '@nephos/tracing'
import type { DestinationStream, Logger } from 'pino'
import { pino } from 'pino'
import type { Services } from './context.ts'
import { type ErrorCode, errorCodes, NephosError } from './errors.ts'
import { nephosVersion } from './version.ts'

/** The services of one process, and the queue behind them. */
export interface OpenServices extends Services {
  queue: OpenBus
  /** Ends the queue, then the database. */
  close: () => Promise<void>
}

/** What {@link createServices} takes. */
export interface ServicesOptions {
  config: NephosConfig
  /** As the supervisor calls it: `api`, `web`, `control`, `compute-host1`. */
  processName: string
  /** Name of the host, for workers that run on one. */
  host?: string
  /** Most database connections of this process. */
  connections?: number
  /** In place of a log on standard output. */
  log?: Logger
}

/**
 * Opens what every process needs: database, queue and log. It returns at once; the database connects at its first
 * use, and the queue in the background, however long NATS stays away.
 * @throws NephosError invalid_input when the address of a server is not configured
 */
export function createServices({
  config,
  processName,
  host,
  connections,
  log,
}: ServicesOptions): OpenServices {
  const { databaseUrl, natsUrl } = config
  if (!databaseUrl) throw missing('DATABASE_URL')
  if (!natsUrl) throw missing('NATS_URL')
  const logger = log ?? openLog(config, processName)
  const tracing = config.otlpEndpoint
    ? startTracing({
        endpoint: config.otlpEndpoint,
        service: `nephos-${processName}`,
        version: nephosVersion,
      })
    : null
  const db: Db = openDb(databaseUrl, { max: connections ?? 10 })
  const queue = openBus({ url: natsUrl, name: processName, db, log: logger, host })
  return {
    db,
    config,
    log: logger,
    queue,
    relay: queue.relay,
    announce: queue.announce,
    ask: (target, name, input) => queue.ask(target, name, input).catch(rethrow),
    close: async () => {
      await queue.close()
      await db.$disconnect()
      await (await tracing)?.()
    },
  }
}

const missing = (variable: string) =>
  new NephosError('invalid_input', `${variable} is not set.`, {
    field: variable,
    remedy: `Start the cloud with ./nephos up, or set ${variable}.`,
  })

/** What another process answered is as good as an error of our own. */
function rethrow(error: unknown): never {
  if (!(error instanceof RemoteError)) throw error
  const code = errorCodes.find((known) => known === error.code) ?? ('internal' satisfies ErrorCode)
  throw new NephosError(code, error.message, { remedy: error.remedy, detail: error.detail, cause: error })
}

const secrets = [
  'password',
  'passwordHash',
  'adminPassword',
  'secret',
  'secretHash',
  'previousHash',
  'token',
  'privateKey',
  'userData',
  'authorization',
  'cookie',
  'databaseUrl',
  'natsUrl',
  'hostSecret',
  'passphrase',
  'sealKey',
  'sealedKey',
  'sealedSecret',
  'DATABASE_URL',
  'NATS_URL',
  'NEPHOS_HOST_SECRET',
  'NEPHOS_SEAL_KEY',
  'NEPHOS_ADMIN_PASSWORD',
  '["x-auth-token"]',
  '["set-cookie"]',
]
const under = (parent: string, name: string) =>
  name.startsWith('[') ? `${parent}${name}` : `${parent}.${name}`

/** The structured log of a process; values under the names of secrets never reach it. */
export const openLog = (
  config: Pick<NephosConfig, 'logLevel' | 'home'>,
  processName: string,
  stream?: DestinationStream,
): Logger =>
  pino(
    {
      level: config.logLevel,
      base: { process: processName, pid: process.pid, cloud: cloudId(config) },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: secrets.flatMap((name) => [name, under('*', name), under('*.*', name)]),
        censor: '[hidden]',
      },
    },
    ...(stream ? [stream] : []),
  )
