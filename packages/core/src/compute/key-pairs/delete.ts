import { z } from 'zod'
import { defineVerb, mutate, notFound, requireUser, returnQuota } from '../../kernel/index.ts'

/** Removes one of the user's own key pairs. Instances keep the public key they were given. @throws NephosError not_found */
export const deleteKeyPair = defineVerb({
  name: 'compute.keyPairs.delete',
  kind: 'mutation',
  rule: { scope: 'user' },
  input: z.object({ id: z.uuid() }),
  run: ({ ctx, input: { id } }): Promise<{ id: string }> => {
    const { userId } = requireUser(ctx)
    return mutate(ctx, async (tx) => {
      const key = await tx.db.keyPair.findFirst({ where: { id, userId }, select: { name: true } })
      // Only the call that really removed the row gives the quota back.
      const { count } = await tx.db.keyPair.deleteMany({ where: { id, userId } })
      if (!key || count === 0) throw notFound('key pair', id)
      tx.audit({
        verb: 'compute.keyPairs.delete',
        resourceType: 'key-pair',
        resourceId: id,
        resourceName: key.name,
      })
      tx.event({ noun: 'key-pair', change: 'deleted', id, audience: { kind: 'user', userId }, data: null })
      await returnQuota(tx.db, userId, { key_pairs: 1 })
      return { id }
    })
  },
})
