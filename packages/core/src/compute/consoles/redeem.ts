import type { ConsoleKind } from '@nephos/jobs'
import { looksLikeSecret } from '../../identity/principals/secret.ts'
import { NephosError, type Services, type UserActor } from '../../kernel/index.ts'
import { hashConsoleToken } from './token.ts'

/** A console that may be opened now, and in whose name. */
export interface ConsoleGrant {
  kind: ConsoleKind
  instanceId: string
  userId: string
  /** The session or API token that asked: the console ends with it. */
  via: UserActor['via']
  projectId: string | null
}

/**
 * Takes a console token, which is worth nothing afterwards.
 * @param sessionId of the browser session that brings it, or null: a token of a session is good for that session only
 * @throws NephosError unauthenticated saying what is wrong with it
 */
export async function redeemConsoleToken(
  { db }: Pick<Services, 'db'>,
  token: string,
  sessionId: string | null,
): Promise<ConsoleGrant> {
  const now = new Date()
  const found = looksLikeSecret(token)
    ? await db.consoleToken.findUnique({ where: { secretHash: hashConsoleToken(token) } })
    : null
  if (!found) throw refused('There is no such console token.')
  if (found.usedAt) throw refused('The console token was used already.')
  if (found.expiresAt <= now) throw refused('The console token has expired.')
  if (found.credentialType === 'session' && found.credentialId !== sessionId)
    throw refused('The console token belongs to another session.')
  const { count } = await db.consoleToken.updateMany({
    where: { id: found.id, usedAt: null },
    data: { usedAt: now },
  })
  if (count === 0) throw refused('The console token was used already.')
  return {
    kind: found.kind as ConsoleKind,
    instanceId: found.instanceId,
    userId: found.userId,
    via:
      found.credentialType === 'session'
        ? { type: 'session', sessionId: found.credentialId }
        : { type: 'token', tokenId: found.credentialId },
    projectId: found.projectId,
  }
}

const refused = (message: string) =>
  new NephosError('unauthenticated', message, { remedy: 'Open the console again.' })
