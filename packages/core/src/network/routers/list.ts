import { containing, type Db, type Tx } from '@nephos/db'
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
import { idField } from '../networks/input.ts'
import { routerInterfaceOwner } from '../ports/owners.ts'
import { havingTags, tagsField } from '../tags/input.ts'
import { type RouterRow, routerParts, routerRows } from './row.ts'

/** Routers of the project, with their interfaces and gateways. */
export const listRouters = defineVerb({
  name: 'network.routers.list',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({
    ...pageInput,
    sort: z
      .object({ by: z.enum(['name', 'createdAt']), dir: sortDirection })
      .default({ by: 'createdAt', dir: 'desc' }),
    /** Part of the name, or an id. */
    search: z.string().trim().max(255).optional(),
    status: z.enum(['ALLOCATING', 'ACTIVE', 'DOWN', 'ERROR']).optional(),
    /** Those with an interface on this network. */
    networkId: idField.optional(),
    /** Those with their gateway on this network. */
    externalNetworkId: idField.optional(),
    /** Has every one of these tags. */
    tags: tagsField.optional(),
    /** Routers of every project; administrators only. */
    allProjects: z.boolean().default(false),
  }),
  run: async ({ ctx, input }): Promise<Page<RouterRow>> => {
    if (input.allProjects && !isAdmin(ctx.actor))
      throw new NephosError('forbidden', 'Only an administrator can list the routers of every project.', {
        field: 'allProjects',
      })
    const { search, status, networkId, externalNetworkId } = input
    const db = reader(ctx)
    const { where, orderBy, take } = keyset({
      field: input.sort.by,
      direction: input.sort.dir,
      limit: input.limit,
      cursor: input.cursor,
      parse: dateOrText(input.sort.by === 'createdAt'),
    })
    const routers = await db.router.findMany({
      where: {
        AND: [
          input.allProjects ? {} : { projectId: requireProject(ctx).id },
          { status, externalNetworkId },
          havingTags(input.tags),
          networkId ? { id: { in: await routersOn(db, networkId) } } : {},
          search ? { OR: [{ name: containing(search) }, { id: search }] } : {},
          where,
        ],
      },
      include: routerParts,
      orderBy,
      take,
    })
    return page(await routerRows(db, routers, ctx), input.limit, (row) => row[input.sort.by])
  },
})

const routersOn = async (db: Db | Tx, networkId: string): Promise<string[]> => {
  const ports = await db.port.findMany({
    where: { networkId, deviceOwner: routerInterfaceOwner },
    select: { deviceId: true },
  })
  return ports.map(({ deviceId }) => deviceId)
}
