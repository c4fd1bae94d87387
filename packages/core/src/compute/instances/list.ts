import { readInstances } from '@nephos/db'
import { z } from 'zod'
import {
  type Ctx,
  decodeCursor,
  defineVerb,
  invalid,
  isAdmin,
  NephosError,
  type Page,
  page,
  pageInput,
  reader,
  requireProject,
} from '../../kernel/index.ts'
import { sortDirection } from '../names.ts'
import { instanceStatus, type LockedBy } from '../states.ts'
import type { InstanceRow } from './row.ts'
import { instanceStatuses, statesOf } from './status-filter.ts'
import { tagsInput } from './tags.ts'

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
  /** Has every one of these tags. */
  tags: tagsInput.optional(),
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
    const admin = isAdmin(ctx.actor)
    const records = await readInstances(reader(ctx), {
      ...filters(ctx, input),
      sort: input.sort,
      after: placeOf(input),
      take: input.limit + 1,
    })
    return page(
      records.map((record) => ({
        ...record,
        status: instanceStatus(record.vmState, record.taskState),
        hostName: admin ? record.hostName : null,
        lockedBy: record.lockedBy as LockedBy | null,
      })),
      input.limit,
      (row) => row[input.sort.by],
    )
  },
})

function placeOf({ cursor, sort }: ListInput) {
  if (!cursor) return undefined
  const { value, id } = decodeCursor(cursor)
  if (sort.by === 'name') return { value: String(value), id }
  const at = new Date(/^\d{4}-\d\d-\d\dT/.test(String(value)) ? String(value) : Number.NaN)
  if (Number.isNaN(at.getTime()))
    throw invalid('cursor', 'The cursor belongs to another order.', 'Start again from the first page.')
  return { value: at, id }
}

function filters(ctx: Ctx, input: ListInput) {
  if (!isAdmin(ctx.actor) && (input.allProjects || input.hostId))
    throw new NephosError('forbidden', 'Only administrators can look at other projects and at hosts.', {
      field: input.allProjects ? 'allProjects' : 'hostId',
    })
  const { hostId, flavorId, imageId, networkId, reservationId, search, tags } = input
  return {
    projectId: input.allProjects ? undefined : requireProject(ctx).id,
    hostId,
    flavorId,
    imageId,
    networkId,
    reservationId,
    search,
    tags,
    states: input.status?.flatMap(statesOf),
  }
}
