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
import { type QosPolicyRow, qosPolicyRow, qosPolicySelect, usableQosPolicies } from './row.ts'

/** QoS policies of the project, and shared ones. */
export const listQosPolicies = defineVerb({
  name: 'network.qosPolicies.list',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({
    ...pageInput,
    sort: z
      .object({ by: z.enum(['name', 'createdAt']), dir: sortDirection })
      .default({ by: 'name', dir: 'asc' }),
    /** Part of the name or description, or an id. */
    search: z.string().trim().max(255).optional(),
    shared: z.boolean().optional(),
    /** Policies of every project; administrators only. */
    allProjects: z.boolean().default(false),
  }),
  run: async ({ ctx, input }): Promise<Page<QosPolicyRow>> => {
    if (input.allProjects && !isAdmin(ctx.actor))
      throw new NephosError('forbidden', 'Only an administrator can list the policies of every project.', {
        field: 'allProjects',
      })
    const { where, orderBy, take } = keyset({
      field: input.sort.by,
      direction: input.sort.dir,
      limit: input.limit,
      cursor: input.cursor,
      parse: dateOrText(input.sort.by === 'createdAt'),
    })
    const { search, shared } = input
    const records = await reader(ctx).qosPolicy.findMany({
      where: {
        AND: [
          input.allProjects ? {} : usableQosPolicies(requireProject(ctx).id),
          search
            ? { OR: [{ name: containing(search) }, { description: containing(search) }, { id: search }] }
            : {},
          { shared },
          where,
        ],
      },
      select: qosPolicySelect,
      orderBy,
      take,
    })
    return page(records.map(qosPolicyRow), input.limit, (row) => row[input.sort.by])
  },
})
