import { z } from 'zod'
import { defineVerb, mutate } from '../../kernel/index.ts'
import { identityId, newPassword } from '../names.ts'
import { hashPassword } from '../passwords/hash.ts'
import { refuseStrongerUser } from '../policy/stronger-user.ts'
import { forgetUser } from '../principals/cache.ts'
import { endCredentials } from '../sessions/end-credentials.ts'
import { findUser, type UserRow, userChanged, userRow } from './row.ts'

/**
 * Sets the password of a user and ends its sessions and tokens (but for the session that asks, when it is the actor's own).
 * @throws NephosError not_found, forbidden
 */
export const setUserPassword = defineVerb({
  name: 'identity.users.setPassword',
  kind: 'mutation',
  rule: { scope: 'domain', role: 'manager' },
  input: z.object({ id: identityId, password: newPassword }),
  run: async ({ ctx, input: { id, password } }): Promise<UserRow> => {
    await findUser(ctx, id, 'manager')
    const passwordHash = await hashPassword(password)
    const via = ctx.actor.kind === 'user' && ctx.actor.userId === id ? ctx.actor.via : undefined
    const row = await mutate(ctx, async (tx) => {
      await refuseStrongerUser(ctx, tx.db, id)
      const user = await tx.db.user.update({
        where: { id },
        data: { passwordHash, generation: { increment: 1 } },
        include: { domain: true },
      })
      await endCredentials(tx.db, id, via?.type === 'session' ? via.sessionId : undefined)
      userChanged(tx, 'identity.users.setPassword', 'updated', user, ['password'])
      return userRow(user)
    })
    forgetUser(ctx, id)
    return row
  },
})
