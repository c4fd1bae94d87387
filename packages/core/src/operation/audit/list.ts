import { containing, type Prisma } from '@nephos/db'
import { z } from 'zod'
import {
  type Ctx,
  defineVerb,
  isAdmin,
  type Json,
  keyset,
  NephosError,
  type Page,
  page,
  pageInput,
  reader,
  requireProject,
} from '../../kernel/index.ts'
import { dateOfCursor } from '../date-of-cursor.ts'

/** One line of the audit log. */
export interface AuditRow {
  id: string
  at: Date
  requestId: string
  actorType: string
  userId: string | null
  userName: string
  projectId: string | null
  verb: string
  resourceType: string
  resourceId: string
  resourceName: string
  detail: Json
  /** Network address of the caller; for administrators, null for others. */
  address: string | null
}

const listInput = z.object({
  ...pageInput,
  sort: z.object({ by: z.literal('at'), dir: z.enum(['asc', 'desc']) }).default({ by: 'at', dir: 'desc' }),
  /** Part of the resource's or the user's name, or a whole id of resource or request. */
  search: z.string().max(255).optional(),
  /** A verb, or a whole domain or noun: `compute.instances`. */
  verb: z.string().max(128).optional(),
  resourceType: z.string().max(64).optional(),
  resourceId: z.string().max(64).optional(),
  userId: z.string().max(64).optional(),
  requestId: z.string().max(64).optional(),
  from: z.date().optional(),
  to: z.date().optional(),
  /** Every project, and what belongs to none; for administrators only. */
  allProjects: z.boolean().default(false),
})

/** Who did what to which resource, newest first unless asked otherwise. @throws NephosError forbidden */
export const listAudit = defineVerb({
  name: 'operation.audit.list',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: listInput,
  run: async ({ ctx, input }): Promise<Page<AuditRow>> => {
    const { where, orderBy, take } = keyset({
      field: input.sort.by,
      direction: input.sort.dir,
      limit: input.limit,
      cursor: input.cursor,
      parse: dateOfCursor,
    })
    const rows = await reader(ctx).audit.findMany({
      where: { AND: [...filters(ctx, input), where] },
      orderBy,
      take,
    })
    const admin = isAdmin(ctx.actor)
    return page(
      rows.map((row) => ({
        ...row,
        detail: (row.detail as Json) ?? null,
        address: admin ? row.address : null,
      })),
      input.limit,
      (row) => row.at,
    )
  },
})

function filters(ctx: Ctx, input: z.output<typeof listInput>): Prisma.AuditWhereInput[] {
  if (input.allProjects && !isAdmin(ctx.actor))
    throw new NephosError('forbidden', 'Only administrators can look at other projects.', {
      field: 'allProjects',
    })
  const { search, verb, resourceType, resourceId, userId, requestId, from, to } = input
  return [
    input.allProjects ? {} : { projectId: requireProject(ctx).id },
    { resourceType, resourceId, userId, requestId },
    verb ? { OR: [{ verb }, { verb: { startsWith: `${verb}.` } }] } : {},
    from || to ? { at: { gte: from, lt: to } } : {},
    search
      ? {
          OR: [
            { resourceName: containing(search) },
            { userName: containing(search) },
            { resourceId: search },
            { requestId: search },
          ],
        }
      : {},
  ]
}
