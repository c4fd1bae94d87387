import { z } from 'zod'
import { conflict, defineVerb, mutate, notFound } from '../../kernel/index.ts'
import { moveToZone, refuseOtherZone } from './move-to-zone.ts'
import { type AggregateRow, aggregateChanged, auditAggregate, findAggregate } from './row.ts'

/**
 * Puts a host into an aggregate, and into its zone if it has one.
 * @throws NephosError not_found, conflict when it is there already, is in another zone, or would change its zone with
 * instances on it
 */
export const addAggregateHost = defineVerb({
  name: 'compute.aggregates.addHost',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({ id: z.uuid(), hostId: z.uuid() }),
  run: ({ ctx, input: { id, hostId } }): Promise<AggregateRow> =>
    mutate(ctx, async (tx) => {
      // Others that change it wait here, and then see what became of it.
      await tx.db.aggregate.updateMany({ where: { id }, data: { updatedAt: new Date() } })
      const before = await findAggregate(id, tx.db)
      const host = await tx.db.host.findUnique({ where: { id: hostId }, select: { name: true } })
      if (!host) throw notFound('host', hostId)
      if (before.hostIds.includes(hostId))
        throw conflict(`The host ${host.name} is in the aggregate ${before.name} already.`)
      if (before.zone !== null) {
        await moveToZone(ctx, tx, [hostId], before.zone)
        await refuseOtherZone(tx, id, [hostId])
      }
      await tx.db.aggregateHost.create({ data: { aggregateId: id, hostId } })
      const row = await findAggregate(id, tx.db)
      auditAggregate(tx, 'addHost', row, { host: host.name })
      aggregateChanged(tx, 'updated', row)
      return row
    }),
})
