import { z } from 'zod'
import { type Ctx, defineVerb, keyset, type Page, page, pageInput, reader } from '../../kernel/index.ts'
import { identityId, sortValue } from '../names.ts'
import { domainsWith } from '../policy/domain-scope.ts'
import { type AssignmentRow, assignmentRows } from './row.ts'

/**
 * Who holds which role on what, newest first; of one project, domain or user when given. The reader of a domain sees
 * the roles on the domain and on its projects.
 */
export const listAssignments = defineVerb({
  name: 'identity.assignments.list',
  kind: 'query',
  rule: { scope: 'domain', role: 'reader' },
  input: z.object({
    ...pageInput,
    projectId: identityId.optional(),
    domainId: identityId.optional(),
    userId: identityId.optional(),
  }),
  run: async ({ ctx, input }): Promise<Page<AssignmentRow>> => {
    const { projectId, domainId, userId } = input
    const { where, orderBy, take } = keyset({
      field: 'createdAt',
      direction: 'desc',
      parse: sortValue('createdAt'),
      limit: input.limit,
      cursor: input.cursor,
    })
    const db = reader(ctx)
    const assignments = await db.assignment.findMany({
      where: {
        AND: [
          await visibleTargets(ctx),
          { userId },
          projectId ? { targetType: 'project', targetId: projectId } : {},
          domainId ? { targetType: 'domain', targetId: domainId } : {},
          where,
        ],
      },
      include: { user: true, role: true },
      orderBy,
      take,
    })
    return page(await assignmentRows(db, assignments), input.limit, (row) => row.createdAt)
  },
})

async function visibleTargets(ctx: Ctx) {
  const domains = domainsWith(ctx.actor, 'reader')
  if (domains === 'all') return {}
  const projects = await reader(ctx).project.findMany({
    where: { domainId: { in: domains } },
    select: { id: true },
  })
  return {
    OR: [
      { targetType: 'domain' as const, targetId: { in: domains } },
      { targetType: 'project' as const, targetId: { in: projects.map(({ id }) => id) } },
    ],
  }
}
