import { z } from 'zod'
import { defineVerb, isAdmin, requireUser } from '../../kernel/index.ts'
import type { LockedBy } from '../states.ts'
import { editInstance } from './edit-columns.ts'

/**
 * Locks an instance: until it is unlocked, only administrators can change it. Locking again changes the reason, but what
 * an administrator of elsewhere has locked stays as it is for the people of its project, as in Nova.
 * @throws NephosError not_found
 */
export const lockInstance = defineVerb({
  name: 'compute.instances.lock',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({
    id: z.uuid(),
    reason: z.string().trim().max(255, 'A reason has at most 255 characters.').optional(),
  }),
  run: async ({ ctx, input: { id, reason } }) => ({
    instance: await editInstance(ctx, {
      id,
      action: 'lock',
      verb: 'compute.instances.lock',
      change: async (record) => {
        if (record.lockedBy === 'admin' && !isAdmin(ctx.actor)) return null
        const lockedBy: LockedBy = requireUser(ctx).project?.id === record.projectId ? 'owner' : 'admin'
        const lockedReason = reason || null
        return {
          columns: { locked: true, lockedReason, lockedBy },
          detail: { reason: lockedReason, lockedBy },
        }
      },
    }),
  }),
})
