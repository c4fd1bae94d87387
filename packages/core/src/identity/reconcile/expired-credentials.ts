import type { Services } from '../../kernel/index.ts'
import { throttleWindowMs } from '../login/throttle.ts'

const keptMs = 7 * 86_400_000

/** What {@link removeExpiredCredentials} deleted. */
export interface RemovedCredentials {
  sessions: number
  tokens: number
  throttles: number
  consoleTokens: number
}

/**
 * Deletes sessions and tokens that ended a week ago, counters of failed logins whose window has passed, and console
 * tokens an hour after they could be used.
 */
export async function removeExpiredCredentials({ db }: Pick<Services, 'db'>): Promise<RemovedCredentials> {
  const now = Date.now()
  const old = new Date(now - keptMs)
  const sessions = await db.session.deleteMany({
    where: { OR: [{ absoluteExpiresAt: { lt: old } }, { revokedAt: { lt: old } }] },
  })
  const tokens = await db.token.deleteMany({
    where: { OR: [{ expiresAt: { lt: old } }, { revokedAt: { lt: old } }] },
  })
  const throttles = await db.loginThrottle.deleteMany({
    where: { windowStart: { lt: new Date(now - throttleWindowMs) } },
  })
  const consoles = await db.consoleToken.deleteMany({
    where: { expiresAt: { lt: new Date(now - 3_600_000) } },
  })
  return {
    sessions: sessions.count,
    tokens: tokens.count,
    throttles: throttles.count,
    consoleTokens: consoles.count,
  }
}
