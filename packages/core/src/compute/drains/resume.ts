import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'
import { decideDrain } from './decide.ts'

/** Goes on with a drain that was paused. @throws NephosError not_found, conflict */
export const resumeDrain = defineVerb({
  name: 'compute.drains.resume',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({ id: z.uuid() }),
  run: ({ ctx, input: { id } }) =>
    decideDrain(ctx, { id, verb: 'compute.drains.resume', from: ['paused'], to: 'running' }),
})
