import { z } from 'zod'
import { defineVerb, keyset, type Page, page, pageInput, reader, requireUser } from '../../kernel/index.ts'
import { sortValue } from '../names.ts'
import { type TokenRow, tokenRow } from './row.ts'

/** The actor's tokens that are still good, newest first. */
export const listTokens = defineVerb({
  name: 'identity.tokens.list',
  kind: 'query',
  rule: { scope: 'user' },
  input: z.object(pageInput),
  run: async ({ ctx, input }): Promise<Page<TokenRow>> => {
    const { userId } = requireUser(ctx)
    const { where, orderBy, take } = keyset({
      field: 'createdAt',
      direction: 'desc',
      parse: sortValue('createdAt'),
      ...input,
    })
    const tokens = await reader(ctx).token.findMany({
      where: { AND: [{ userId, revokedAt: null, expiresAt: { gt: new Date() } }, where] },
      orderBy,
      take,
    })
    return page(tokens.map(tokenRow), input.limit, (row) => row.createdAt)
  },
})
