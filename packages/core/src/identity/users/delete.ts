import { z } from 'zod'
import { conflict, defineVerb, mutate } from '../../kernel/index.ts'
import { identityId } from '../names.ts'
import { keepSystemAdmin } from '../policy/last-system-admin.ts'
import { refuseStrongerUser } from '../policy/stronger-user.ts'
import { forgetUser } from '../principals/cache.ts'
import { findUser, userChanged } from './row.ts'

/**
 * Removes a user with its sessions, tokens, roles and key pairs. What it created in projects stays.
 * @throws NephosError not_found, forbidden, conflict for the actor itself or the last administrator of the system
 */
export const deleteUser = defineVerb({
  name: 'identity.users.delete',
  kind: 'mutation',
  rule: { scope: 'domain', role: 'manager' },
  input: z.object({ id: identityId }),
  run: async ({ ctx, input: { id } }): Promise<{ id: string }> => {
    if (ctx.actor.kind === 'user' && ctx.actor.userId === id)
      throw conflict('You cannot delete yourself.', { remedy: 'Let another administrator do it.' })
    await mutate(ctx, async (tx) => {
      const user = await findUser(ctx, id, 'manager', tx.db)
      await refuseStrongerUser(ctx, tx.db, id)
      await tx.db.quotaUsage.deleteMany({ where: { scope: 'user', scopeId: id } })
      await tx.db.user.deleteMany({ where: { id } })
      await keepSystemAdmin(tx)
      userChanged(tx, 'identity.users.delete', 'deleted', user)
    })
    forgetUser(ctx, id)
    return { id }
  },
})
