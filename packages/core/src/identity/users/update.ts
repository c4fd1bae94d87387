import { z } from 'zod'
import { conflict, defineVerb, mutate } from '../../kernel/index.ts'
import { emailAddress, identityDescription, identityId, identityName } from '../names.ts'
import { keepSystemAdmin } from '../policy/last-system-admin.ts'
import { refuseStrongerUser } from '../policy/stronger-user.ts'
import { forgetUser } from '../principals/cache.ts'
import { endCredentials } from '../sessions/end-credentials.ts'
import { checkDefaultProject, nameTaken } from './fields.ts'
import { findUser, type UserRow, userChanged, userRow } from './row.ts'

/**
 * Changes a user. Disabling one ends its sessions and tokens at once.
 * @throws NephosError not_found, forbidden, conflict when the name is taken, when the actor would disable itself or
 * the last administrator of the system
 */
export const updateUser = defineVerb({
  name: 'identity.users.update',
  kind: 'mutation',
  rule: { scope: 'domain', role: 'manager' },
  input: z.object({
    id: identityId,
    name: identityName.optional(),
    email: emailAddress.optional(),
    description: identityDescription.optional(),
    enabled: z.boolean().optional(),
    defaultProjectId: identityId.nullable().optional(),
  }),
  run: async ({ ctx, input: { id, ...changes } }): Promise<UserRow> => {
    if (changes.enabled === false && ctx.actor.kind === 'user' && ctx.actor.userId === id)
      throw conflict('You cannot disable yourself.', {
        field: 'enabled',
        remedy: 'Let another administrator do it.',
      })
    try {
      const row = await mutate(ctx, async (tx) => {
        const before = await findUser(ctx, id, 'manager', tx.db)
        await refuseStrongerUser(ctx, tx.db, id)
        await checkDefaultProject(tx.db, before.domainId, changes.defaultProjectId)
        const user = await tx.db.user.update({
          where: { id },
          data: { ...changes, generation: { increment: 1 } },
          include: { domain: true },
        })
        if (before.enabled && !user.enabled) {
          await endCredentials(tx.db, id)
          await keepSystemAdmin(tx)
        }
        const fields = Object.entries(changes).flatMap(([name, value]) => (value === undefined ? [] : [name]))
        userChanged(tx, 'identity.users.update', 'updated', user, fields)
        return userRow(user)
      })
      forgetUser(ctx, id)
      return row
    } catch (error) {
      return nameTaken('user', error)
    }
  },
})
