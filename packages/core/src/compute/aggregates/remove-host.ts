import { z } from 'zod'
import { defineVerb, mutate, notFound } from '../../kernel/index.ts'
import { moveToZone } from './move-to-zone.ts'
import { type AggregateRow, aggregateChanged, auditAggregate, findAggregate } from './row.ts'

/**
 * Takes a host out of an aggregate; where that was its zone, it is in its own again.
 * @throws NephosError not_found, conflict when that would change its zone with instances on it
 */
export const removeAggregateHost = defineVerb({
  name: 'compute.aggregates.removeHost',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({ id: z.uuid(), hostId: z.uuid() }),
  run: ({ ctx, input: { id, hostId } }): Promise<AggregateRow> =>
    mutate(ctx, async (tx) => {
      await tx.db.aggregate.updateMany({ where: { id }, data: { updatedAt: new Date() } })
      const before = await findAggregate(id, tx.db)
      const index = before.hostIds.indexOf(hostId)
      if (index < 0) throw notFound('host of the aggregate', hostId)
      if (before.zone !== null) await moveToZone(ctx, tx, [hostId], null)
      await tx.db.aggregateHost.deleteMany({ where: { aggregateId: id, hostId } })
      const row = await findAggregate(id, tx.db)
      auditAggregate(tx, 'removeHost', row, { host: before.hostNames[index] ?? hostId })
      aggregateChanged(tx, 'updated', row)
      return row
    }),
})
