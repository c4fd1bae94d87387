import { containing } from '@nephos/db'
import { z } from 'zod'
import { dateOrText, sortDirection } from '../../compute/names.ts'
import {
  defineVerb,
  isAdmin,
  keyset,
  mutate,
  NephosError,
  type Page,
  page,
  pageInput,
  reader,
  requireProject,
} from '../../kernel/index.ts'
import { havingTags, tagsField } from '../tags/input.ts'
import { ensureDefaultGroup } from './default-group.ts'
import { type SecurityGroupRow, securityGroupRow, securityGroupSelect } from './row.ts'

/** Security groups of the project. Its default group is made when it is missing. */
export const listSecurityGroups = defineVerb({
  name: 'network.securityGroups.list',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({
    ...pageInput,
    sort: z
      .object({ by: z.enum(['name', 'createdAt']), dir: sortDirection })
      .default({ by: 'name', dir: 'asc' }),
    /** Part of the name or description, or an id. */
    search: z.string().trim().max(255).optional(),
    /** Has every one of these tags. */
    tags: tagsField.optional(),
    /** Security groups of every project; administrators only. */
    allProjects: z.boolean().default(false),
  }),
  run: async ({ ctx, input }): Promise<Page<SecurityGroupRow>> => {
    if (input.allProjects && !isAdmin(ctx.actor))
      throw new NephosError('forbidden', 'Only an administrator can list the groups of every project.', {
        field: 'allProjects',
      })
    const { where, orderBy, take } = keyset({
      field: input.sort.by,
      direction: input.sort.dir,
      limit: input.limit,
      cursor: input.cursor,
      parse: dateOrText(input.sort.by === 'createdAt'),
    })
    const { search } = input
    const read = () =>
      reader(ctx).securityGroup.findMany({
        where: {
          AND: [
            input.allProjects ? {} : { projectId: requireProject(ctx).id },
            havingTags(input.tags),
            search
              ? { OR: [{ name: containing(search) }, { description: containing(search) }, { id: search }] }
              : {},
            where,
          ],
        },
        select: securityGroupSelect,
        orderBy,
        take,
      })
    let records = await read()
    if (records.length === 0 && !input.cursor && !input.allProjects) {
      await mutate(ctx, (tx) => ensureDefaultGroup(tx.db, requireProject(ctx).id))
      records = await read()
    }
    return page(records.map(securityGroupRow), input.limit, (row) => row[input.sort.by])
  },
})
