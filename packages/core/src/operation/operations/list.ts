import { containing, OperationStatus, type Prisma } from '@nephos/db'
import { type OperationRow, operationRow, operationRowSelect } from '@nephos/jobs'
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
import { dateOfCursor } from '../date-of-cursor.ts'

const status = z.enum(OperationStatus)

const listInput = z.object({
  ...pageInput,
  sort: z
    .object({ by: z.literal('createdAt'), dir: z.enum(['asc', 'desc']) })
    .default({ by: 'createdAt', dir: 'desc' }),
  /** Part of the resource's name, or a whole id of operation, resource or request. */
  search: z.string().max(255).optional(),
  resourceType: z.string().max(64).optional(),
  resourceId: z.string().max(64).optional(),
  status: z
    .union([status, z.array(status).max(6)])
    .transform((value) => (Array.isArray(value) ? value : [value]))
    .optional(),
  kind: z.string().max(64).optional(),
  /** Every project, and what belongs to none; for administrators only. */
  allProjects: z.boolean().default(false),
})

/** Operations, newest first unless asked otherwise; one page, in one query. @throws NephosError forbidden */
export const listOperations = defineVerb({
  name: 'operation.operations.list',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: listInput,
  run: async ({ ctx, input }): Promise<Page<OperationRow>> => {
    const { where, orderBy, take } = keyset({
      field: input.sort.by,
      direction: input.sort.dir,
      limit: input.limit,
      cursor: input.cursor,
      parse: dateOfCursor,
    })
    const rows = await reader(ctx).operation.findMany({
      where: { AND: [...filters(ctx, input), where] },
      orderBy,
      take,
      select: operationRowSelect,
    })
    return page(
      rows.map((row) => operationRow(row)),
      input.limit,
      (row) => row.createdAt,
    )
  },
})

function filters(ctx: Ctx, input: z.output<typeof listInput>): Prisma.OperationWhereInput[] {
  if (input.allProjects && !isAdmin(ctx.actor))
    throw new NephosError('forbidden', 'Only administrators can look at other projects.', {
      field: 'allProjects',
    })
  const { search, status, kind, resourceType, resourceId } = input
  return [
    input.allProjects ? {} : { projectId: requireProject(ctx).id },
    { kind, resourceType, resourceId },
    status ? { status: { in: status } } : {},
    search
      ? {
          OR: [
            { resourceName: containing(search) },
            { id: search },
            { resourceId: search },
            { requestId: search },
          ],
        }
      : {},
  ]
}
