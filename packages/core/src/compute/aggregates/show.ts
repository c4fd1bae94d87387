import { z } from 'zod'
import { defineVerb, reader } from '../../kernel/index.ts'
import { type AggregateRow, findAggregate } from './row.ts'

/** One aggregate with its hosts. @throws NephosError not_found */
export const showAggregate = defineVerb({
  name: 'compute.aggregates.show',
  kind: 'query',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({ id: z.uuid() }),
  run: ({ ctx, input: { id } }): Promise<AggregateRow> => findAggregate(id, reader(ctx)),
})
