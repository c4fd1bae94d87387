import { isUniqueViolation, newId } from '@nephos/db'
import { z } from 'zod'
import { conflict, defineVerb, mutate } from '../../kernel/index.ts'
import { displayName } from '../names.ts'
import {
  type AggregateRow,
  aggregateChanged,
  aggregateMetadata,
  aggregateRow,
  aggregateSelect,
  auditAggregate,
  zoneName,
} from './row.ts'

/** What `compute.aggregates.create` takes. */
export const createAggregateInput = z.object({
  name: displayName,
  zone: zoneName.nullish(),
  metadata: aggregateMetadata.default({}),
})

/** The refusal of a name that another aggregate has. */
export const nameTaken = (name: string, cause: unknown) =>
  conflict(`There already is an aggregate named ${name}.`, {
    field: 'name',
    remedy: 'Choose another name.',
    cause,
  })

/** Creates an aggregate without hosts. @throws NephosError conflict when the name is taken */
export const createAggregate = defineVerb({
  name: 'compute.aggregates.create',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: createAggregateInput,
  run: async ({ ctx, input }): Promise<AggregateRow> => {
    try {
      return await mutate(ctx, async (tx) => {
        const row = aggregateRow(
          await tx.db.aggregate.create({
            data: { id: newId(), name: input.name, zone: input.zone ?? null, metadata: input.metadata },
            select: aggregateSelect,
          }),
        )
        auditAggregate(tx, 'create', row, { zone: row.zone, metadata: row.metadata })
        aggregateChanged(tx, 'created', row)
        return row
      })
    } catch (error) {
      throw isUniqueViolation(error) ? nameTaken(input.name, error) : error
    }
  },
})
