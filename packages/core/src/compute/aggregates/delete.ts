import { z } from 'zod'
import { conflict, defineVerb, mutate } from '../../kernel/index.ts'
import { aggregateChanged, auditAggregate, findAggregate } from './row.ts'

/** Removes an aggregate that has no hosts. @throws NephosError not_found, conflict when it has hosts */
export const deleteAggregate = defineVerb({
  name: 'compute.aggregates.delete',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({ id: z.uuid() }),
  run: ({ ctx, input: { id } }): Promise<{ id: string }> =>
    mutate(ctx, async (tx) => {
      const row = await findAggregate(id, tx.db)
      if (row.hostIds.length > 0)
        throw conflict(
          `The aggregate ${row.name} still has hosts: ${row.hostNames.slice(0, 5).join(', ')}.`,
          {
            remedy: 'Remove its hosts first.',
            detail: { hosts: row.hostNames },
          },
        )
      await tx.db.aggregate.deleteMany({ where: { id } })
      auditAggregate(tx, 'delete', row)
      aggregateChanged(tx, 'deleted', row)
      return { id }
    }),
})
