import { z } from 'zod'
import { defineVerb } from '../../kernel/index.ts'
import { judgeResize } from './judge.ts'

/**
 * Keeps the flavor and the place that a resize or migration gave the instance, and frees what it left behind.
 * @throws NephosError not_found, conflict
 */
export const confirmResize = defineVerb({
  name: 'compute.instances.confirmResize',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: z.uuid() }),
  run: ({ ctx, input: { id } }) => judgeResize(ctx, id, 'confirm'),
})
