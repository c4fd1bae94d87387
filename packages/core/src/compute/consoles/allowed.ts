import { randomUUID } from 'node:crypto'
import { resolveCredential } from '../../identity/principals/resolve-credential.ts'
import { authorise, type Ctx, NephosError, type Services } from '../../kernel/index.ts'
import { findInstance } from '../instances/find.ts'
import { openInstanceConsole } from '../instances/open-console.ts'
import type { InstanceRecord } from '../instances/row.ts'
import type { ConsoleGrant } from './redeem.ts'

/**
 * Checks anew that the console may be open: its session or token holds, the role is still there, and the instance.
 * `used` tells that somebody works with it, which keeps the session alive.
 * @throws NephosError unauthenticated, forbidden or not_found
 */
export async function consoleInstance(
  services: Services,
  { via, projectId }: Pick<ConsoleGrant, 'via' | 'projectId'>,
  instanceId: string,
  { used = false } = {},
): Promise<InstanceRecord> {
  const actor = await resolveCredential(services, via, projectId, { used })
  if (!actor) throw new NephosError('unauthenticated', 'You were signed out.', { remedy: 'Sign in again.' })
  const ctx: Ctx = {
    ...services,
    actor,
    requestId: `req-${randomUUID()}`,
    address: '',
    userAgent: 'console',
  }
  authorise(ctx, openInstanceConsole.verb, openInstanceConsole.rule)
  return findInstance(ctx, instanceId)
}
