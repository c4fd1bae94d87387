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
import { havingTags, tagsField } from '../tags/input.ts'
import { listedNetworks } from './access.ts'
import { type NetworkRow, networkParts, networkRow } from './row.ts'

/** Networks of the project, shared and external ones, with their subnets and how full those are. */
export const listNetworks = defineVerb({
  name: 'network.networks.list',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({
    ...pageInput,
    sort: z
      .object({ by: z.enum(['name', 'createdAt']), dir: sortDirection })
      .default({ by: 'createdAt', dir: 'desc' }),
    /** Part of the name, or an id. */
    search: z.string().trim().max(255).optional(),
    /** Only networks of the project itself. */
    own: z.literal(true).optional(),
    shared: z.boolean().optional(),
    external: z.boolean().optional(),
    /** Has every one of these tags. */
    tags: tagsField.optional(),
    /** Networks of every project; administrators only. */
    allProjects: z.boolean().default(false),
  }),
  run: async ({ ctx, input }): Promise<Page<NetworkRow>> => {
    if (input.allProjects && !isAdmin(ctx.actor))
      throw new NephosError('forbidden', 'Only an administrator can list the networks of every project.', {
        field: 'allProjects',
      })
    const { where, orderBy, take } = keyset({
      field: input.sort.by,
      direction: input.sort.dir,
      limit: input.limit,
      cursor: input.cursor,
      parse: dateOrText(input.sort.by === 'createdAt'),
    })
    const networks = await reader(ctx).network.findMany({
      where: {
        AND: [
          input.allProjects ? {} : listedNetworks(ctx),
          input.search ? { OR: [{ name: containing(input.search) }, { id: input.search }] } : {},
          { shared: input.shared, external: input.external },
          input.own ? { projectId: requireProject(ctx).id } : {},
          havingTags(input.tags),
          where,
        ],
      },
      include: networkParts,
      orderBy,
      take,
    })
    return page(
      networks.map((network) => networkRow(network, ctx)),
      input.limit,
      (row) => row[input.sort.by],
    )
  },
})
