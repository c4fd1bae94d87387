import { newId } from '@nephos/db'
import { z } from 'zod'
import { defineVerb, mutate, roleNames } from '../../kernel/index.ts'
import { identityId } from '../names.ts'
import { forgetUser } from '../principals/cache.ts'
import { findUser } from '../users/row.ts'
import { type AssignmentRow, assignmentChanged, assignmentRows } from './row.ts'
import { assignmentTarget, requireGrantable } from './target.ts'

/**
 * Gives a user a role on a project, a domain or the system. Granting what it holds already changes nothing.
 * @throws NephosError not_found, forbidden
 */
export const grantRole = defineVerb({
  name: 'identity.assignments.grant',
  kind: 'mutation',
  rule: { scope: 'domain', role: 'manager' },
  input: z.object({
    userId: identityId,
    role: z.enum(roleNames, 'A role is one of reader, member, manager and admin.'),
    target: assignmentTarget,
  }),
  run: async ({ ctx, input }): Promise<AssignmentRow> => {
    const { userId, role } = input
    const target = input.target.type === 'system' ? { type: 'system' as const, id: 'all' } : input.target
    await findUser(ctx, userId, 'manager')
    await requireGrantable(ctx, role, target)
    const row = await mutate(ctx, async (tx) => {
      const { id: roleId } = await tx.db.role.findUniqueOrThrow({ where: { name: role } })
      const key = { userId, roleId, targetType: target.type, targetId: target.id }
      const id = newId()
      const assignment = await tx.db.assignment.upsert({
        where: { userId_roleId_targetType_targetId: key },
        create: { id, ...key },
        update: {},
        include: { user: true, role: true },
      })
      const [granted] = await assignmentRows(tx.db, [assignment])
      if (assignment.id === id) assignmentChanged(tx, 'identity.assignments.grant', 'created', granted!)
      return granted!
    })
    forgetUser(ctx, userId)
    return row
  },
})
