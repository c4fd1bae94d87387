import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'
import { beginDetach } from './begin-detach.ts'

/**
 * Takes a network interface from an instance, also while it runs: the guest has to let go of it. The port goes with it
 * if it was made for the instance, and stays if a person made it before.
 * @throws NephosError not_found, conflict
 */
export const detachInterface = defineVerb({
  name: 'compute.instances.detachInterface',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.uuid(), portId: z.uuid() }),
  run: ({ ctx, input: { id, portId } }) =>
    beginDetach(ctx, { id, portId, verb: 'compute.instances.detachInterface', remove: false }),
})
