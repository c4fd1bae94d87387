import { z } from 'zod'
import { conflict, defineVerb } from '../../kernel/index.ts'
import { findInstance } from './find.ts'

/**
 * Bytes of the serial log, read from the host now. `offset` counts from the start of what is kept; a negative one
 * counts from the end. The answer's `offset` is where `text` begins, `size` where the log ends.
 * @throws NephosError not_found, conflict when it is on no host yet, unavailable when the host does not answer
 */
export const readInstanceConsole = defineVerb({
  name: 'compute.instances.console',
  kind: 'query',
  rule: { scope: 'project', role: 'member' },
  input: z.object({
    id: z.uuid(),
    offset: z.int().default(-65_536),
    limit: z.int().min(1).max(262_144).default(65_536),
  }),
  run: async ({ ctx, input }): Promise<{ offset: number; size: number; text: string }> => {
    const record = await findInstance(ctx, input.id)
    if (!record.host)
      throw conflict('The instance has no console yet: it is on no host.', {
        remedy: 'Wait until it is running.',
        detail: { vmState: record.vmState, taskState: record.taskState },
      })
    return ctx.ask(record.host.name, 'console.read', {
      instanceId: record.id,
      offset: input.offset,
      limit: input.limit,
    })
  },
})
