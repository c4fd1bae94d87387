import { z } from 'zod'
import { defineVerb, isAdmin, NephosError } from '../../kernel/index.ts'
import { whyNot } from '../states.ts'
import { editInstance } from './edit-columns.ts'
import { findInstance } from './find.ts'
import { instanceRow } from './row.ts'

/**
 * Unlocks an instance; one that is not locked stays as it is.
 * @throws NephosError not_found; forbidden for what an administrator from elsewhere has locked, as in Nova
 */
export const unlockInstance = defineVerb({
  name: 'compute.instances.unlock',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.uuid() }),
  run: async ({ ctx, input: { id } }) => {
    const record = await findInstance(ctx, id)
    if (!record.locked) return { instance: instanceRow(record, { admin: isAdmin(ctx.actor) }) }
    if (record.lockedBy === 'admin' && !isAdmin(ctx.actor))
      throw new NephosError('forbidden', whyNot('unlock', record)!, {
        remedy: 'Ask an administrator to unlock it.',
      })
    return {
      instance: await editInstance(ctx, {
        id,
        action: 'unlock',
        verb: 'compute.instances.unlock',
        change: async ({ lockedReason }) => ({
          columns: { locked: false, lockedReason: null, lockedBy: null },
          detail: { reason: lockedReason },
        }),
      }),
    }
  },
})
