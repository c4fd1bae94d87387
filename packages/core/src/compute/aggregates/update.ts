import { isUniqueViolation } from '@nephos/db'
import { z } from 'zod'
import { defineVerb, mutate } from '../../kernel/index.ts'
import { displayName } from '../names.ts'
import { nameTaken } from './create.ts'
import { moveToZone, refuseOtherZone } from './move-to-zone.ts'
import { type AggregateRow, aggregateChanged, auditAggregate, findAggregate, zoneName } from './row.ts'

/**
 * Renames an aggregate or changes its zone; null takes the zone away.
 * @throws NephosError not_found, conflict when the name is taken, when a host has instances or is in another zone
 */
export const updateAggregate = defineVerb({
  name: 'compute.aggregates.update',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({ id: z.uuid(), name: displayName.optional(), zone: zoneName.nullish() }),
  run: async ({ ctx, input: { id, name, zone } }): Promise<AggregateRow> => {
    try {
      return await mutate(ctx, async (tx) => {
        await tx.db.aggregate.updateMany({ where: { id }, data: { updatedAt: new Date() } })
        const before = await findAggregate(id, tx.db)
        if (zone !== undefined && zone !== before.zone) {
          await moveToZone(ctx, tx, before.hostIds, zone)
          if (zone !== null) await refuseOtherZone(tx, id, before.hostIds)
        }
        await tx.db.aggregate.update({ where: { id }, data: { name, zone } })
        const row = await findAggregate(id, tx.db)
        auditAggregate(tx, 'update', row, { name: row.name, zone: row.zone })
        aggregateChanged(tx, 'updated', row)
        return row
      })
    } catch (error) {
      throw isUniqueViolation(error) ? nameTaken(name ?? '', error) : error
    }
  },
})
