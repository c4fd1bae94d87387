import type { Tx } from '@nephos/db'

/**
 * Ends every session and token of a user, in the caller's transaction; `except` is the session that stays.
 * Call `forgetUser` once it has committed.
 */
export async function endCredentials(db: Tx, userId: string, except?: string): Promise<void> {
  const revokedAt = new Date()
  await db.session.updateMany({
    where: { userId, revokedAt: null, ...(except && { id: { not: except } }) },
    data: { revokedAt },
  })
  await db.token.updateMany({ where: { userId, revokedAt: null }, data: { revokedAt } })
}
