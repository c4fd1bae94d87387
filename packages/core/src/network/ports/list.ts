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
import { idField } from '../networks/input.ts'
import { havingTags, tagsField } from '../tags/input.ts'
import { listedPorts, type PortRow, portParts, portRow } from './row.ts'

/** Ports of the project, with their addresses and instances. */
export const listPorts = defineVerb({
  name: 'network.ports.list',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({
    ...pageInput,
    sort: z
      .object({ by: z.enum(['createdAt', 'name']), dir: sortDirection })
      .default({ by: 'createdAt', dir: 'desc' }),
    /** Part of the name or MAC, or a whole address or id. */
    search: z.string().trim().max(255).optional(),
    networkId: idField.optional(),
    instanceId: idField.optional(),
    status: z.enum(['ACTIVE', 'DOWN', 'BUILD', 'ERROR', 'N/A']).optional(),
    /** What uses the port, and as what: `compute:nova`, `network:router_interface`. */
    deviceId: z.string().max(255).optional(),
    deviceOwner: z.string().max(255).optional(),
    /** Has every one of these tags. */
    tags: tagsField.optional(),
    /** Ports of every project; administrators only. */
    allProjects: z.boolean().default(false),
  }),
  run: async ({ ctx, input }): Promise<Page<PortRow>> => {
    if (input.allProjects && !isAdmin(ctx.actor))
      throw new NephosError('forbidden', 'Only an administrator can list the ports of every project.', {
        field: 'allProjects',
      })
    const { search, networkId, instanceId, status, deviceId, deviceOwner } = input
    const { where, orderBy, take } = keyset({
      field: input.sort.by,
      direction: input.sort.dir,
      limit: input.limit,
      cursor: input.cursor,
      parse: dateOrText(input.sort.by === 'createdAt'),
    })
    const ports = await reader(ctx).port.findMany({
      where: {
        AND: [
          input.allProjects ? {} : listedPorts(ctx),
          { networkId, instanceId, status, deviceId, deviceOwner },
          havingTags(input.tags),
          search
            ? {
                OR: [
                  { name: containing(search) },
                  { macAddress: containing(search) },
                  { allocations: { some: { ipAddress: search } } },
                  { id: search },
                ],
              }
            : {},
          where,
        ],
      },
      include: portParts,
      orderBy,
      take,
    })
    return page(
      ports.map((port) => portRow(port, ctx)),
      input.limit,
      (row) => row[input.sort.by],
    )
  },
})
