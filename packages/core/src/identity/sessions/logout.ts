import { z } from 'zod'
import { defineVerb, mutate, requireUser } from '../../kernel/index.ts'
import { forgetCredential } from '../principals/cache.ts'
import { credentialEnded } from './ended.ts'

/** Ends the session (or revokes the token) that the call came with. */
export const logout = defineVerb({
  name: 'identity.sessions.logout',
  kind: 'mutation',
  rule: { scope: 'user' },
  input: z.object({}),
  run: async ({ ctx }): Promise<{ id: string }> => {
    const { via, userId, userName } = requireUser(ctx)
    const id = via.type === 'session' ? via.sessionId : via.tokenId
    await mutate(ctx, async (tx) => {
      const ended = { where: { id, revokedAt: null }, data: { revokedAt: new Date() } }
      if (via.type === 'session') await tx.db.session.updateMany(ended)
      else await tx.db.token.updateMany(ended)
      tx.audit({
        verb: 'identity.sessions.logout',
        resourceType: via.type,
        resourceId: id,
        resourceName: userName,
      })
      credentialEnded(tx, userId, id)
    })
    forgetCredential(ctx, id)
    return { id }
  },
})
