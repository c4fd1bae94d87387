import { containing } from '@nephos/db'
import { z } from 'zod'
import { defineVerb, keyset, type Page, page, pageInput, reader } from '../../kernel/index.ts'
import { sortDirection } from '../names.ts'
import { type AggregateRow, aggregateRow, aggregateSelect } from './row.ts'

/** Aggregates with their hosts. */
export const listAggregates = defineVerb({
  name: 'compute.aggregates.list',
  kind: 'query',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({
    ...pageInput,
    sort: z.object({ by: z.enum(['name']), dir: sortDirection }).default({ by: 'name', dir: 'asc' }),
    search: z.string().max(255).optional(),
  }),
  run: async ({ ctx, input }): Promise<Page<AggregateRow>> => {
    const { where, orderBy, take } = keyset({
      field: input.sort.by,
      direction: input.sort.dir,
      limit: input.limit,
      cursor: input.cursor,
    })
    const records = await reader(ctx).aggregate.findMany({
      where: { AND: [input.search ? { name: containing(input.search) } : {}, where] },
      orderBy,
      take,
      select: aggregateSelect,
    })
    return page(records.map(aggregateRow), input.limit, (row) => row.name)
  },
})
