import { z } from 'zod'
import { defineVerb, notFound, reader, requireUser } from '../../kernel/index.ts'
import { type KeyPairRow, keyPairRow } from './row.ts'

/** One of the user's own key pairs. @throws NephosError not_found */
export const showKeyPair = defineVerb({
  name: 'compute.keyPairs.show',
  kind: 'query',
  rule: { scope: 'user' },
  input: z.object({ id: z.uuid() }),
  run: async ({ ctx, input }): Promise<KeyPairRow> => {
    const { userId } = requireUser(ctx)
    const key = await reader(ctx).keyPair.findFirst({ where: { id: input.id, userId } })
    if (!key) throw notFound('key pair', input.id)
    return keyPairRow(key)
  },
})
