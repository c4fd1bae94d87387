import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'
import { beginAction } from './act.ts'

/** Stops the clock of an instance: the guest stands still in memory until it is unpaused. @throws NephosError not_found, conflict */
export const pauseInstance = defineVerb({
  name: 'compute.instances.pause',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.uuid() }),
  run: ({ ctx, input: { id } }) =>
    beginAction(ctx, { id, action: 'pause', verb: 'compute.instances.pause', saga: 'instance-pause' }),
})
