import type { NephosConfig } from '@nephos/config'
import type { Db, Tx } from '@nephos/db'
import type { Logger } from 'pino'
import type { Actor, UserActor } from './actor.ts'
import { NephosError } from './errors.ts'
import type { MutationTx } from './mutate.ts'

/** What the process gives to every call: made once at start. */
export interface Services {
  db: Db
  config: NephosConfig
  log: Logger
  /** Publishes committed outbox rows now; what fails is left for the sweeper. */
  relay: { kick: (rows: OutboxMessage[]) => void }
  /** Asks a host's worker now. Throws `unavailable` when nobody answers. */
  ask: Ask
  /** Sends an event that need not survive a crash (progress). */
  announce: (event: import('@nephos/jobs').CloudEvent) => void
}

export type Ask = <Name extends import('@nephos/jobs').RequestName>(
  host: string,
  name: Name,
  input: import('@nephos/jobs').RequestInput<Name>,
) => Promise<import('@nephos/jobs').RequestOutput<Name>>

/** One row of the outbox, as it is handed to the relay after the commit. */
export interface OutboxMessage {
  id: string
  channel: string
  subject: string
  payload: import('./errors.ts').Json
  headers: Record<string, string>
}

/** What travels with one call. */
export interface Ctx extends Services {
  actor: Actor
  /** `req-` and a uuid, as OpenStack has it. */
  requestId: string
  /** Network address of the caller, for audit and rate limits. */
  address: string
  userAgent: string
  /** An open transaction to join instead of opening one. */
  tx?: MutationTx
}

/** Where reads go: the joined transaction, or the database. */
export const reader = (ctx: Ctx): Db | Tx => ctx.tx?.db ?? ctx.db

/** The signed-in user. @throws NephosError unauthenticated */
export function requireUser(ctx: Ctx): UserActor {
  if (ctx.actor.kind !== 'user') throw new NephosError('unauthenticated', 'Sign in first.')
  return ctx.actor
}

/** The project acted in. @throws NephosError unauthenticated, or forbidden when the scope is not a project */
export function requireProject(ctx: Ctx): { id: string; name: string; domainId: string } {
  const { project } = requireUser(ctx)
  if (!project)
    throw new NephosError('forbidden', 'This needs a project.', { remedy: 'Choose a project and try again.' })
  return project
}
