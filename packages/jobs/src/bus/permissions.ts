import { hostToken } from '../catalogue/jobs.ts'
import { requestSubject } from '../requests/serve.ts'
import { streamNames } from './stream-names.ts'

/** What a user of NATS may publish on and subscribe to, as nats-server's configuration has it. */
export interface Permissions {
  publish: string[]
  subscribe: string[]
}

/** Where the answers to a user's own questions arrive. Nobody else may listen there. */
export const inboxOf = (user: string): string => `_INBOX_${hostToken(user)}`

/** Nouns that a worker on a host writes events about. */
const hostNouns = [
  'instance',
  'host',
  'port',
  'network',
  'operation',
  'image',
  'quota',
  'migration',
  'volume',
  'volume_snapshot',
  'volume_backup',
  'volume_backend',
]

/**
 * What a host asks of another: its part in a move, which that host looks up before it does anything, to look now where
 * ports are, to be let in to a volume that is attached there, and to show a guest that its volume has grown.
 */
const betweenHosts = [
  'migration.work',
  'network.meet',
  'volume.connect',
  'volume.disconnect',
  'volume.grown',
] as const

/**
 * What the workers of one host may do: take the jobs of this host and no other's, answer the questions to this host,
 * read events, and publish what follows from their work. They cannot make, change, read or empty a stream.
 */
export function hostPermissions(host: string, user: string): Permissions {
  const token = hostToken(host)
  const { jobs, events } = streamNames
  const durables = ['compute', 'network', 'volume'].map((role) => ({
    durable: `${role}-${token}`,
    filter: `job.${role}.${token}.>`,
  }))
  return {
    publish: [
      ...durables.flatMap(({ durable, filter }) => [
        // The server compares what the request asks for with these parts of its subject.
        `$JS.API.CONSUMER.CREATE.${jobs}.${durable}.${filter}`,
        `$JS.API.CONSUMER.INFO.${jobs}.${durable}`,
        `$JS.API.CONSUMER.MSG.NEXT.${jobs}.${durable}`,
        `$JS.ACK.${jobs}.${durable}.>`,
        filter,
        `dead.${filter}`,
      ]),
      ...Object.values(streamNames).map((name) => `$JS.API.STREAM.INFO.${name}`),
      `$JS.API.CONSUMER.CREATE.${events}.*`,
      `$JS.API.CONSUMER.INFO.${events}.*`,
      `$JS.API.CONSUMER.MSG.NEXT.${events}.*`,
      `$JS.API.CONSUMER.DELETE.${events}.*`,
      `$JS.FC.${events}.>`,
      // Where a placement is tried again, and what an image needs after an instance was stored as one.
      'job.scheduler.any.>',
      'job.image.any.>',
      // Volumes that end with their instance may be kept by another host.
      'job.volume.*.volume.delete',
      ...hostNouns.map((noun) => `event.*.*.${noun}.*`),
      `ask.compute.${token}.>`,
      `ask.network.${token}.>`,
      `ask.volume.${token}.>`,
      // Who lets hosts in reads from the subject which one asks.
      ...betweenHosts.map((name) => requestSubject('*', name, host)),
      'live.cancel.*',
      'live.console.*',
      `live.metrics.${token}`,
      `console.down.${token}.>`,
    ],
    subscribe: [
      `${inboxOf(user)}.>`,
      `ask.compute.${token}.>`,
      `ask.network.${token}.>`,
      `ask.volume.${token}.>`,
      `console.up.${token}.>`,
      'live.cancel.*',
    ],
  }
}

/**
 * What the dashboard and the API may do: publish work and events, ask hosts, read events. They cannot take jobs, answer
 * for a host, or change a stream.
 */
export function facePermissions(user: string): Permissions {
  const { events } = streamNames
  return {
    publish: [
      'job.>',
      'event.>',
      'ask.>',
      'live.cancel.*',
      'console.up.>',
      ...Object.values(streamNames).map((name) => `$JS.API.STREAM.INFO.${name}`),
      `$JS.API.CONSUMER.CREATE.${events}.*`,
      `$JS.API.CONSUMER.INFO.${events}.*`,
      `$JS.API.CONSUMER.MSG.NEXT.${events}.*`,
      `$JS.API.CONSUMER.DELETE.${events}.*`,
      `$JS.FC.${events}.>`,
    ],
    subscribe: [`${inboxOf(user)}.>`, 'live.>', 'console.down.>'],
  }
}

/** A user of NATS; one without permissions may do everything. */
export interface NatsUser {
  user: string
  password: string
  permissions?: Permissions
}

/** How long a worker may take to answer. */
const answerWithin = '2m'

/** The users, as nats-server's configuration file has them. */
export function usersText(users: readonly NatsUser[]): string {
  const list = (subjects: readonly string[]) => `{ allow: ${JSON.stringify(subjects)} }`
  return `authorization {\n  users = [\n${users
    .map(({ user, password, permissions }) => {
      const who = `user: ${JSON.stringify(user)}, password: ${JSON.stringify(password)}`
      if (!permissions) return `    { ${who} }\n`
      const { publish, subscribe } = permissions
      return `    { ${who}, permissions: { publish: ${list(publish)}, subscribe: ${list(subscribe)}, allow_responses: { max: 1, expires: "${answerWithin}" } } }\n`
    })
    .join('')}  ]\n}\n`
}
