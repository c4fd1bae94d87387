import { containing } from '@nephos/db'
import { z } from 'zod'
import { defineVerb, keyset, type Page, page, pageInput, reader } from '../../kernel/index.ts'
import { identityId, searchText, sortDirection, sortValue } from '../names.ts'
import { inDomainsWith } from '../policy/domain-scope.ts'
import { type UserRow, userRow } from './row.ts'

/** Users of the domains that the actor may read. */
export const listUsers = defineVerb({
  name: 'identity.users.list',
  kind: 'query',
  rule: { scope: 'domain', role: 'reader' },
  input: z.object({
    ...pageInput,
    sort: z
      .object({ by: z.enum(['name', 'createdAt']), dir: sortDirection })
      .default({ by: 'name', dir: 'asc' }),
    search: searchText,
    domainId: identityId.optional(),
    enabled: z.boolean().optional(),
  }),
  run: async ({ ctx, input }): Promise<Page<UserRow>> => {
    const { search, domainId, enabled, sort } = input
    const { where, orderBy, take } = keyset({
      field: sort.by,
      direction: sort.dir,
      limit: input.limit,
      cursor: input.cursor,
      parse: sortValue(sort.by),
    })
    const users = await reader(ctx).user.findMany({
      where: {
        AND: [
          inDomainsWith(ctx.actor, 'reader'),
          { domainId, enabled },
          search ? { OR: [{ name: containing(search) }, { email: containing(search) }, { id: search }] } : {},
          where,
        ],
      },
      include: { domain: true },
      orderBy,
      take,
    })
    return page(users.map(userRow), input.limit, (row) => row[sort.by])
  },
})
