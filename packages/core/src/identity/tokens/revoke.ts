import { z } from 'zod'
import { defineVerb, mutate, notFound, requireUser } from '../../kernel/index.ts'
import { identityId } from '../names.ts'
import { forgetCredential } from '../principals/cache.ts'
import { credentialEnded } from '../sessions/ended.ts'

/** Ends one of the actor's own tokens. @throws NephosError not_found */
export const revokeToken = defineVerb({
  name: 'identity.tokens.revoke',
  kind: 'mutation',
  rule: { scope: 'user' },
  input: z.object({ id: identityId }),
  run: async ({ ctx, input: { id } }): Promise<{ id: string }> => {
    const { userId } = requireUser(ctx)
    await mutate(ctx, async (tx) => {
      const { count } = await tx.db.token.updateMany({
        where: { id, userId, revokedAt: null },
        data: { revokedAt: new Date() },
      })
      if (count === 0) throw notFound('token', id)
      tx.audit({ verb: 'identity.tokens.revoke', resourceType: 'token', resourceId: id })
      credentialEnded(tx, userId, id)
    })
    forgetCredential(ctx, id)
    return { id }
  },
})
