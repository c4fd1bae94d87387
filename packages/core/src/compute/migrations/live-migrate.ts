import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'
import { findInstance } from '../instances/find.ts'
import { beginMove, chosenHost, type MoveAccepted } from './begin.ts'

/**
 * Moves an instance to another host while its guest runs: disks and memory are copied, then the guest stands still for
 * a moment and goes on there. Nothing has to be confirmed afterwards.
 * @throws NephosError not_found, invalid_input, conflict
 */
export const liveMigrateInstance = defineVerb({
  name: 'compute.instances.liveMigrate',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({
    id: z.uuid(),
    /** Name or id of the destination; left out, the scheduler chooses. */
    host: z.string().max(255).optional(),
    /** The guest stands still while its memory is copied, so that even one that changes it all the time arrives. */
    force: z.boolean().default(false),
  }),
  run: async ({ ctx, input: { id, host, force } }): Promise<MoveAccepted> => {
    const record = await findInstance(ctx, id)
    return beginMove(ctx, {
      id,
      action: 'liveMigrate',
      verb: 'compute.instances.liveMigrate',
      saga: 'instance-live-migrate',
      kind: 'live-migration',
      host: await chosenHost(ctx, host, record.host?.name ?? null),
      newFlavor: null,
      pauseRequested: force,
    })
  },
})
