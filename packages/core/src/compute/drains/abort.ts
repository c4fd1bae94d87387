import { z } from 'zod'
import { defineVerb, NephosError, reader } from '../../kernel/index.ts'
import { abortMigration } from '../migrations/abort.ts'
import { decideDrain } from './decide.ts'
import type { DrainRow } from './row.ts'

/**
 * Ends a drain: what has not begun to move stays, and live migrations under way are taken back where that is still
 * possible. The host stays disabled.
 * @throws NephosError not_found, conflict
 */
export const abortDrain = defineVerb({
  name: 'compute.drains.abort',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({ id: z.uuid() }),
  run: async ({ ctx, input: { id } }): Promise<DrainRow> => {
    const row = await decideDrain(ctx, {
      id,
      verb: 'compute.drains.abort',
      from: ['running', 'paused'],
      to: 'aborted',
      alongside: async ({ db }) => {
        await db.drainMove.updateMany({
          where: { drainId: id, status: 'waiting' },
          data: { status: 'skipped', reason: 'The drain was aborted before its turn came.' },
        })
      },
    })
    const moving = await reader(ctx).drainMove.findMany({
      where: { drainId: id, status: 'moving', way: 'live' },
      select: { migrationId: true },
    })
    for (const { migrationId } of moving)
      try {
        if (migrationId) await abortMigration({ ctx, input: { id: migrationId } })
      } catch (error) {
        // It is over, or too far: it comes to its end.
        if (!(error instanceof NephosError)) throw error
      }
    return row
  },
})
