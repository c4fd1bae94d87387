import { containing } from '@nephos/db'
import { z } from 'zod'
import { defineVerb, keyset, type Page, page, pageInput, reader } from '../../kernel/index.ts'
import { sortDirection } from '../names.ts'
import { type FlavorRow, flavorRow, visibleFlavors } from './row.ts'

/** Flavors the actor can use; administrators also see private and disabled ones. */
export const listFlavors = defineVerb({
  name: 'compute.flavors.list',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({
    ...pageInput,
    sort: z
      .object({ by: z.enum(['name', 'vcpus', 'ramMib', 'diskGib']), dir: sortDirection })
      .default({ by: 'ramMib', dir: 'asc' }),
    search: z.string().max(255).optional(),
  }),
  run: async ({ ctx, input }): Promise<Page<FlavorRow>> => {
    const { where, orderBy, take } = keyset({
      field: input.sort.by,
      direction: input.sort.dir,
      limit: input.limit,
      cursor: input.cursor,
    })
    const search = input.search ? { OR: [{ name: containing(input.search) }, { id: input.search }] } : {}
    const flavors = await reader(ctx).flavor.findMany({
      where: { AND: [visibleFlavors(ctx), search, where] },
      orderBy,
      take,
    })
    return page(flavors.map(flavorRow), input.limit, (row) => row[input.sort.by])
  },
})
