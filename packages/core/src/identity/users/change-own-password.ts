import { z } from 'zod'
import { defineVerb, invalid, mutate, NephosError, requireUser } from '../../kernel/index.ts'
import { countAttempt } from '../login/throttle.ts'
import { givenPassword, newPassword } from '../names.ts'
import { hashPassword, verifyPassword } from '../passwords/hash.ts'
import { forgetUser } from '../principals/cache.ts'
import { endCredentials } from '../sessions/end-credentials.ts'
import { type UserRow, userChanged, userRow } from './row.ts'

/**
 * Changes the actor's own password. Its other sessions and its tokens end.
 * @throws NephosError invalid_input on `current`, rate_limited, forbidden for a token
 */
export const changeOwnPassword = defineVerb({
  name: 'identity.users.changeOwnPassword',
  kind: 'mutation',
  rule: { scope: 'user' },
  input: z.object({ current: givenPassword, next: newPassword }),
  run: async ({ ctx, input: { current, next } }): Promise<UserRow> => {
    const { userId: id, via } = requireUser(ctx)
    if (via.type === 'token')
      throw new NephosError('forbidden', 'A token cannot change the password.', {
        remedy: 'Sign in with the password.',
      })
    const stored = await ctx.db.user.findUnique({ where: { id }, select: { passwordHash: true } })
    const attempt = await countAttempt(ctx, id)
    if (!(await verifyPassword(stored?.passwordHash, current)))
      throw invalid('current', 'The current password is wrong.', 'Type the password that you signed in with.')
    await attempt.succeeded()
    if (next === current)
      throw invalid('next', 'The new password is the same as the current one.', 'Choose another one.')
    const passwordHash = await hashPassword(next)
    const row = await mutate(ctx, async (tx) => {
      const user = await tx.db.user.update({
        where: { id },
        data: { passwordHash, generation: { increment: 1 } },
        include: { domain: true },
      })
      await endCredentials(tx.db, id, via.sessionId)
      userChanged(tx, 'identity.users.changeOwnPassword', 'updated', user, ['password'])
      return userRow(user)
    })
    forgetUser(ctx, id)
    return row
  },
})
