import { containing } from '@nephos/db'
import { z } from 'zod'
import { defineVerb, keyset, type Page, page, pageInput, reader, requireUser } from '../../kernel/index.ts'
import { dateOrText, sortDirection } from '../names.ts'
import { type KeyPairRow, keyPairRow } from './row.ts'

/** The user's own key pairs. */
export const listKeyPairs = defineVerb({
  name: 'compute.keyPairs.list',
  kind: 'query',
  rule: { scope: 'user' },
  input: z.object({
    ...pageInput,
    sort: z
      .object({ by: z.enum(['name', 'createdAt']), dir: sortDirection })
      .default({ by: 'name', dir: 'asc' }),
    search: z.string().max(255).optional(),
  }),
  run: async ({ ctx, input }): Promise<Page<KeyPairRow>> => {
    const { userId } = requireUser(ctx)
    const { where, orderBy, take } = keyset({
      field: input.sort.by,
      direction: input.sort.dir,
      limit: input.limit,
      cursor: input.cursor,
      parse: dateOrText(input.sort.by === 'createdAt'),
    })
    const keys = await reader(ctx).keyPair.findMany({
      where: { AND: [{ userId }, input.search ? { name: containing(input.search) } : {}, where] },
      orderBy,
      take,
    })
    return page(keys.map(keyPairRow), input.limit, (row) => row[input.sort.by])
  },
})
