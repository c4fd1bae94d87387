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
import { idField } from '../networks/input.ts'
import { havingTags, tagsField } from '../tags/input.ts'
import { type FloatingIpRow, floatingIpParts, floatingIpRow } from './row.ts'

/** Floating IPs of the project, with where they lead. */
export const listFloatingIps = defineVerb({
  name: 'network.floatingIps.list',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({
    ...pageInput,
    sort: z
      .object({ by: z.enum(['address', 'createdAt']), dir: sortDirection })
      .default({ by: 'createdAt', dir: 'desc' }),
    /** Part of the address, of the fixed address or of the description, or an id. */
    search: z.string().trim().max(255).optional(),
    status: z.enum(['ACTIVE', 'DOWN', 'ERROR']).optional(),
    /** The external network. */
    networkId: idField.optional(),
    /** The network of the ports that they lead to. */
    portNetworkId: idField.optional(),
    portId: idField.optional(),
    instanceId: idField.optional(),
    routerId: idField.optional(),
    /** This address alone. */
    address: z.string().trim().min(1).max(64).optional(),
    /** Has every one of these tags. */
    tags: tagsField.optional(),
    /** Floating IPs of every project; administrators only. */
    allProjects: z.boolean().default(false),
  }),
  run: async ({ ctx, input }): Promise<Page<FloatingIpRow>> => {
    if (input.allProjects && !isAdmin(ctx.actor))
      throw new NephosError(
        'forbidden',
        'Only an administrator can list the floating IPs of every project.',
        {
          field: 'allProjects',
        },
      )
    const { search, status, networkId, portNetworkId, portId, instanceId, routerId, address } = input
    const { where, orderBy, take } = keyset({
      field: input.sort.by,
      direction: input.sort.dir,
      limit: input.limit,
      cursor: input.cursor,
      parse: dateOrText(input.sort.by === 'createdAt'),
    })
    const found = await reader(ctx).floatingIp.findMany({
      where: {
        AND: [
          input.allProjects ? {} : { projectId: requireProject(ctx).id },
          { status, networkId, portId, routerId, address },
          havingTags(input.tags),
          portNetworkId ? { port: { networkId: portNetworkId } } : {},
          instanceId ? { port: { instanceId } } : {},
          search
            ? {
                OR: [
                  { address: containing(search) },
                  { fixedIpAddress: containing(search) },
                  { description: containing(search) },
                  { id: search },
                ],
              }
            : {},
          where,
        ],
      },
      include: floatingIpParts,
      orderBy,
      take,
    })
    return page(found.map(floatingIpRow), input.limit, (row) => row[input.sort.by])
  },
})
