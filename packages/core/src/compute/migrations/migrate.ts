import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'
import { findInstance } from '../instances/find.ts'
import { beginMove, chosenHost, type MoveAccepted } from './begin.ts'

/**
 * Moves an instance to another host while it is off: it is shut down, its disks travel (unless both hosts see them), it is started again and waits
 * to be judged like after a resize.
 * @throws NephosError not_found, invalid_input, conflict
 */
export const migrateInstance = defineVerb({
  name: 'compute.instances.migrate',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({
    id: z.uuid(),
    /** Name or id of the destination; left out, the scheduler chooses. */
    host: z.string().max(255).optional(),
  }),
  run: async ({ ctx, input: { id, host } }): Promise<MoveAccepted> => {
    const record = await findInstance(ctx, id)
    return beginMove(ctx, {
      id,
      action: 'migrate',
      verb: 'compute.instances.migrate',
      saga: 'instance-migrate',
      kind: 'migration',
      host: await chosenHost(ctx, host, record.host?.name ?? null),
      newFlavor: null,
    })
  },
})
