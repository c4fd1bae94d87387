import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'
import { judgeResize } from './judge.ts'

/**
 * Brings the instance back to the host and the flavor that it had, with its disks as they were when it left. What was
 * written since then is lost.
 * @throws NephosError not_found, conflict
 */
export const revertResize = defineVerb({
  name: 'compute.instances.revertResize',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.uuid() }),
  run: ({ ctx, input: { id } }) => judgeResize(ctx, id, 'revert'),
})
