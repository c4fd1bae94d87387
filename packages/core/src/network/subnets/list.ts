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
} from '../../kernel/index.ts'
import { listedNetworks } from '../networks/access.ts'
import { idField } from '../networks/input.ts'
import { havingTags, tagsField } from '../tags/input.ts'
import { type SubnetRow, subnetRow, withUse } from './row.ts'

/** Subnets of the networks that the project sees, with how full they are. */
export const listSubnets = defineVerb({
  name: 'network.subnets.list',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({
    ...pageInput,
    sort: z
      .object({ by: z.enum(['name', 'createdAt']), dir: sortDirection })
      .default({ by: 'createdAt', dir: 'desc' }),
    /** Part of the name, the whole range or an id. */
    search: z.string().trim().max(255).optional(),
    networkId: idField.optional(),
    /** Has every one of these tags. */
    tags: tagsField.optional(),
    /** Subnets of every project; administrators only. */
    allProjects: z.boolean().default(false),
  }),
  run: async ({ ctx, input }): Promise<Page<SubnetRow>> => {
    if (input.allProjects && !isAdmin(ctx.actor))
      throw new NephosError('forbidden', 'Only an administrator can list the subnets of every project.', {
        field: 'allProjects',
      })
    const { search, networkId } = input
    const { where, orderBy, take } = keyset({
      field: input.sort.by,
      direction: input.sort.dir,
      limit: input.limit,
      cursor: input.cursor,
      parse: dateOrText(input.sort.by === 'createdAt'),
    })
    const subnets = await reader(ctx).subnet.findMany({
      where: {
        AND: [
          input.allProjects ? {} : { network: listedNetworks(ctx) },
          { networkId },
          havingTags(input.tags),
          search ? { OR: [{ name: containing(search) }, { cidr: search }, { id: search }] } : {},
          where,
        ],
      },
      include: withUse,
      orderBy,
      take,
    })
    return page(subnets.map(subnetRow), input.limit, (row) => row[input.sort.by])
  },
})
