import { isUniqueViolation, newId, type Tx } from '@nephos/db'
import { z } from 'zod'
import { conflict, defineVerb, invalid, mutate, noJson } from '../../kernel/index.ts'
import { typeFields } from './input.ts'
import { typeChanged, typeParts, typeRow, type VolumeTypeRow } from './row.ts'

/** Adds a type of volumes. @throws NephosError conflict when the name is taken, invalid_input for an unknown QoS spec */
export const createVolumeType = defineVerb({
  name: 'volume.types.create',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({
    name: typeFields.name,
    description: typeFields.description.default(''),
    isPublic: typeFields.isPublic.default(true),
    extraSpecs: typeFields.extraSpecs.default({}),
    qosSpecId: typeFields.qosSpecId.default(null),
    encryption: typeFields.encryption.default(null),
  }),
  run: ({ ctx, input }): Promise<VolumeTypeRow> =>
    mutate(ctx, async (tx) => {
      await requireQosSpec(tx.db, input.qosSpecId)
      const type = await tx.db.volumeType.create({
        data: { ...input, id: newId(), encryption: input.encryption ?? noJson },
        include: typeParts,
      })
      tx.audit({
        verb: 'volume.types.create',
        resourceType: 'volume_type',
        resourceId: type.id,
        resourceName: type.name,
        projectId: null,
      })
      typeChanged(tx, 'created', type)
      return typeRow(type, { admin: true })
    }).catch(nameTaken),
})

/** @throws NephosError invalid_input when there is no such QoS spec */
export async function requireQosSpec(db: Tx, id: string | null | undefined): Promise<void> {
  if (id && !(await db.volumeQosSpec.findUnique({ where: { id }, select: { id: true } })))
    throw invalid('qosSpecId', `There is no QoS spec ${id}.`)
}

/** @throws NephosError conflict for a name that is taken; otherwise what it was given */
export function nameTaken(error: unknown): never {
  if (!isUniqueViolation(error)) throw error
  throw conflict('A volume type with this name exists.', {
    field: 'name',
    remedy: 'Choose another name.',
    cause: error,
  })
}
