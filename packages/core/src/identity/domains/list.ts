import { containing } from '@nephos/db'
import { z } from 'zod'
import { defineVerb, keyset, type Page, page, pageInput, reader } from '../../kernel/index.ts'
import { searchText } from '../names.ts'
import { domainsWith } from '../policy/domain-scope.ts'
import { type DomainRow, domainRow } from './row.ts'

/** The domains that the actor may read, by name. */
export const listDomains = defineVerb({
  name: 'identity.domains.list',
  kind: 'query',
  rule: { scope: 'domain', role: 'reader' },
  input: z.object({ ...pageInput, search: searchText }),
  run: async ({ ctx, input }): Promise<Page<DomainRow>> => {
    const readable = domainsWith(ctx.actor, 'reader')
    const { where, orderBy, take } = keyset({ field: 'name', direction: 'asc', ...input })
    const domains = await reader(ctx).domain.findMany({
      where: {
        AND: [
          readable === 'all' ? {} : { id: { in: readable } },
          input.search ? { OR: [{ name: containing(input.search) }, { id: input.search }] } : {},
          where,
        ],
      },
      orderBy,
      take,
    })
    return page(domains.map(domainRow), input.limit, (row) => row.name)
  },
})
