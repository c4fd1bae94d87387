import { containing } from '@nephos/db'
import { z } from 'zod'
import { dateOrText, sortDirection } from '../../compute/names.ts'
import {
  defineVerb,
  isAdmin,
  keyset,
  NephosError,
  type Page,
  page,
  pageInput,
  reader,
  requireProject,
} from '../../kernel/index.ts'
import { type AddressGroupRow, addressGroupParts, addressGroupRow } from './row.ts'

/** Address groups of the project, with their addresses. */
export const listAddressGroups = defineVerb({
  name: 'network.addressGroups.list',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({
    ...pageInput,
    sort: z
      .object({ by: z.enum(['name', 'createdAt']), dir: sortDirection })
      .default({ by: 'name', dir: 'asc' }),
    /** Part of the name or description, or an id. */
    search: z.string().trim().max(255).optional(),
    /** Address groups of every project; administrators only. */
    allProjects: z.boolean().default(false),
  }),
  run: async ({ ctx, input }): Promise<Page<AddressGroupRow>> => {
    if (input.allProjects && !isAdmin(ctx.actor))
      throw new NephosError(
        'forbidden',
        'Only an administrator can list the address groups of every project.',
        { field: 'allProjects' },
      )
    const { where, orderBy, take } = keyset({
      field: input.sort.by,
      direction: input.sort.dir,
      limit: input.limit,
      cursor: input.cursor,
      parse: dateOrText(input.sort.by === 'createdAt'),
    })
    const { search } = input
    const found = await reader(ctx).addressGroup.findMany({
      where: {
        AND: [
          input.allProjects ? {} : { projectId: requireProject(ctx).id },
          search
            ? { OR: [{ name: containing(search) }, { description: containing(search) }, { id: search }] }
            : {},
          where,
        ],
      },
      include: addressGroupParts,
      orderBy,
      take,
    })
    return page(found.map(addressGroupRow), input.limit, (row) => row[input.sort.by])
  },
})
