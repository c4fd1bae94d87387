import { z } from 'zod'
import { defineVerb, mutate, notFound } from '../../kernel/index.ts'
import { identityId } from '../names.ts'
import { keepSystemAdmin } from '../policy/last-system-admin.ts'
import { forgetUser } from '../principals/cache.ts'
import { assignmentChanged, assignmentRows } from './row.ts'
import { requireGrantable } from './target.ts'

/**
 * Takes a role from a user.
 * @throws NephosError not_found, forbidden, conflict for the last administrator of the system
 */
export const revokeRole = defineVerb({
  name: 'identity.assignments.revoke',
  kind: 'mutation',
  rule: { scope: 'domain', role: 'manager' },
  input: z.object({ id: identityId }),
  run: async ({ ctx, input: { id } }): Promise<{ id: string }> => {
    const assignment = await ctx.db.assignment.findUnique({
      where: { id },
      include: { user: true, role: true },
    })
    const [row] = assignment ? await assignmentRows(ctx.db, [assignment]) : []
    if (!row) throw notFound('assignment', id)
    await requireGrantable(ctx, row.role, { type: row.targetType, id: row.targetId })
    await mutate(ctx, async (tx) => {
      const { count } = await tx.db.assignment.deleteMany({ where: { id } })
      if (count === 0) throw notFound('assignment', id)
      if (row.targetType === 'system' && row.role === 'admin') await keepSystemAdmin(tx)
      assignmentChanged(tx, 'identity.assignments.revoke', 'deleted', row)
    })
    forgetUser(ctx, row.userId)
    return { id }
  },
})
