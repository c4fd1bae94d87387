import type { Prisma } from '@nephos/db'
import { z } from 'zod'
import {
  type Ctx,
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
import { dateOrText, sortDirection } from '../names.ts'
import { type InstanceRow, instanceRow, instanceSelect } from './row.ts'
import { instanceStatuses, whereStatus } from './status-filter.ts'

const listInput = z.object({
  ...pageInput,
  sort: z
    .object({ by: z.enum(['createdAt', 'name']), dir: sortDirection })
    .default({ by: 'createdAt', dir: 'desc' }),
  /** Part of the name, a whole id, or the beginning of an address. */
  search: z.string().max(255).optional(),
  /** API status, or several. */
  status: z
    .union([z.string(), z.array(z.string()).max(20)])
    .transform((value) => (Array.isArray(value) ? value : [value]))
    .refine(
      (values) => values.every((value) => instanceStatuses.includes(value)),
      `A status is one of ${instanceStatuses.join(', ')}.`,
    )
    .optional(),
  flavorId: z.string().max(255).optional(),
  imageId: z.uuid().optional(),
  networkId: z.uuid().optional(),
  reservationId: z.string().max(64).optional(),
  /** For administrators only. */
  hostId: z.uuid().optional(),
  /** Every project; for administrators only. */
  allProjects: z.boolean().default(false),
})
type ListInput = z.output<typeof listInput>

/** Instances of the project, one page, in one query. @throws NephosError forbidden, invalid_input */
export const listInstances = defineVerb({
  name: 'compute.instances.list',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: listInput,
  run: async ({ ctx, input }): Promise<Page<InstanceRow>> => {
    const { where, orderBy, take } = keyset({
      field: input.sort.by,
      direction: input.sort.dir,
      limit: input.limit,
      cursor: input.cursor,
      parse: dateOrText(input.sort.by === 'createdAt'),
    })
    const admin = isAdmin(ctx.actor)
    const records = await reader(ctx).instance.findMany({
      where: { AND: [...filters(ctx, input), where] },
      orderBy,
      take,
      select: instanceSelect,
    })
    return page(
      records.map((record) => instanceRow(record, { admin })),
      input.limit,
      (row) => row[input.sort.by],
    )
  },
})

function filters(ctx: Ctx, input: ListInput): Prisma.InstanceWhereInput[] {
  const admin = isAdmin(ctx.actor)
  if (!admin && (input.allProjects || input.hostId))
    throw new NephosError('forbidden', 'Only administrators can look at other projects and at hosts.', {
      field: input.allProjects ? 'allProjects' : 'hostId',
    })
  const { search } = input
  return [
    input.allProjects ? {} : { projectId: requireProject(ctx).id },
    input.hostId ? { hostId: input.hostId } : {},
    input.status ? { OR: input.status.map(whereStatus) } : {},
    input.flavorId ? { flavorId: input.flavorId } : {},
    input.imageId ? { imageId: input.imageId } : {},
    input.reservationId ? { reservationId: input.reservationId } : {},
    input.networkId ? { ports: { some: { networkId: input.networkId } } } : {},
    search
      ? {
          OR: [
            { name: { contains: search } },
            { id: search },
            ...(/^[\d.]+$/.test(search)
              ? [{ ports: { some: { allocations: { some: { ipAddress: { startsWith: search } } } } } }]
              : []),
          ],
        }
      : {},
  ]
}
