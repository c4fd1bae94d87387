import { z } from 'zod'
import { defineVerb, mutate, notFound, requireUser } from '../../kernel/index.ts'
import { identityId } from '../names.ts'
import { forgetCredential } from '../principals/cache.ts'
import { credentialEnded } from './ended.ts'

/** Ends one of the actor's own sessions. @throws NephosError not_found */
export const revokeSession = defineVerb({
  name: 'identity.sessions.revoke',
  kind: 'mutation',
  rule: { scope: 'user' },
  input: z.object({ id: identityId }),
  run: async ({ ctx, input: { id } }): Promise<{ id: string }> => {
    const { userId } = requireUser(ctx)
    await mutate(ctx, async (tx) => {
      const { count } = await tx.db.session.updateMany({
        where: { id, userId, revokedAt: null },
        data: { revokedAt: new Date() },
      })
      if (count === 0) throw notFound('session', id)
      tx.audit({ verb: 'identity.sessions.revoke', resourceType: 'session', resourceId: id })
      credentialEnded(tx, userId, id)
    })
    forgetCredential(ctx, id)
    return { id }
  },
})
