import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'
import { beginAction } from './act.ts'

/** Brings a suspended instance back to where it was. @throws NephosError not_found, conflict */
export const resumeInstance = defineVerb({
  name: 'compute.instances.resume',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.uuid() }),
  run: ({ ctx, input: { id } }) =>
    beginAction(ctx, { id, action: 'resume', verb: 'compute.instances.resume', saga: 'instance-resume' }),
})
