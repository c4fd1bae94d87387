import { containing } from '@nephos/db'
import { z } from 'zod'
import {
  defineVerb,
  isAdmin,
  keyset,
  type Page,
  page,
  pageInput,
  reader,
  requireProject,
} from '../../kernel/index.ts'
import { dateOrText, sortDirection } from '../names.ts'
import { type ServerGroupRow, serverGroupRow, serverGroupSelect } from './row.ts'

/** Server groups of the session's project; of all projects for administrators who ask for them. */
export const listServerGroups = defineVerb({
  name: 'compute.serverGroups.list',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({
    ...pageInput,
    sort: z
      .object({ by: z.enum(['name', 'createdAt']), dir: sortDirection })
      .default({ by: 'name', dir: 'asc' }),
    search: z.string().max(255).optional(),
    allProjects: z.boolean().default(false),
  }),
  run: async ({ ctx, input }): Promise<Page<ServerGroupRow>> => {
    const { where, orderBy, take } = keyset({
      field: input.sort.by,
      direction: input.sort.dir,
      limit: input.limit,
      cursor: input.cursor,
      parse: dateOrText(input.sort.by === 'createdAt'),
    })
    const whose = input.allProjects && isAdmin(ctx.actor) ? {} : { projectId: requireProject(ctx).id }
    const records = await reader(ctx).serverGroup.findMany({
      where: { AND: [whose, input.search ? { name: containing(input.search) } : {}, where] },
      orderBy,
      take,
      select: serverGroupSelect,
    })
    return page(records.map(serverGroupRow), input.limit, (row) => row[input.sort.by])
  },
})
