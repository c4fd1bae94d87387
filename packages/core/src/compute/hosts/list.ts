import { containing } from '@nephos/db'
import { z } from 'zod'
import { defineVerb, keyset, type Page, page, pageInput, reader } from '../../kernel/index.ts'
import { sortDirection } from '../names.ts'
import { type HostRow, hostRow, hostSelect } from './row.ts'

/** Hosts with inventory, use and services. */
export const listHosts = defineVerb({
  name: 'compute.hosts.list',
  kind: 'query',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({
    ...pageInput,
    sort: z.object({ by: z.enum(['name']), dir: sortDirection }).default({ by: 'name', dir: 'asc' }),
    search: z.string().max(255).optional(),
    zone: z.string().max(64).optional(),
  }),
  run: async ({ ctx, input }): Promise<Page<HostRow>> => {
    const { where, orderBy, take } = keyset({
      field: input.sort.by,
      direction: input.sort.dir,
      limit: input.limit,
      cursor: input.cursor,
    })
    const records = await reader(ctx).host.findMany({
      where: {
        AND: [
          input.search ? { name: containing(input.search) } : {},
          input.zone ? { zone: input.zone } : {},
          where,
        ],
      },
      orderBy,
      take,
      select: hostSelect,
    })
    return page(
      records.map((record) => hostRow(record, ctx.config.serviceDownTime)),
      input.limit,
      (row) => row.name,
    )
  },
})
