import { z } from 'zod'
import { defineVerb, mutate } from '../../kernel/index.ts'
import {
  type AggregateRow,
  aggregateChanged,
  aggregateMetadata,
  auditAggregate,
  findAggregate,
} from './row.ts'

/** Replaces the metadata of an aggregate: what the scheduler compares with flavors, images and projects. @throws NephosError not_found */
export const setAggregateMetadata = defineVerb({
  name: 'compute.aggregates.setMetadata',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({ id: z.uuid(), metadata: aggregateMetadata }),
  run: ({ ctx, input: { id, metadata } }): Promise<AggregateRow> =>
    mutate(ctx, async (tx) => {
      await findAggregate(id, tx.db)
      await tx.db.aggregate.update({ where: { id }, data: { metadata } })
      const row = await findAggregate(id, tx.db)
      auditAggregate(tx, 'setMetadata', row, { metadata })
      aggregateChanged(tx, 'updated', row)
      return row
    }),
})
