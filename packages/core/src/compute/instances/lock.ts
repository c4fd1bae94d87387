import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'
import { editInstance } from './edit-columns.ts'

/**
 * Locks an instance: until it is unlocked, only administrators can change it. Locking again changes the reason.
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
      change: async () => {
        const lockedReason = reason || null
        return { columns: { locked: true, lockedReason }, detail: { reason: lockedReason } }
      },
    }),
  }),
})
