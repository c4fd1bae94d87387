import { isUniqueViolation, newId } from '@nephos/db'
import { z } from 'zod'
import { conflict, defineVerb, type MutationTx, mutate } from '../../kernel/index.ts'
import { findQosSpec, qosChanged, qosFields, qosParts, qosRow, type VolumeQosSpecRow } from './row.ts'

const admins = { scope: 'system', role: 'admin' } as const

const audit = (tx: MutationTx, verb: string, { id, name }: { id: string; name: string }) =>
  tx.audit({
    verb,
    resourceType: 'volume_qos_spec',
    resourceId: id,
    resourceName: name,
    projectId: null,
  })

function nameTaken(error: unknown): never {
  if (!isUniqueViolation(error)) throw error
  throw conflict('A QoS spec with this name exists.', {
    field: 'name',
    remedy: 'Choose another name.',
    cause: error,
  })
}

/** Adds limits that types of volumes can refer to. @throws NephosError conflict when the name is taken */
export const createVolumeQosSpec = defineVerb({
  name: 'volume.qosSpecs.create',
  kind: 'mutation',
  rule: admins,
  input: z.object({
    name: qosFields.name,
    consumer: qosFields.consumer.default('front-end'),
    specs: qosFields.specs.default({}),
  }),
  run: ({ ctx, input }): Promise<VolumeQosSpecRow> =>
    mutate(ctx, async (tx) => {
      const qos = await tx.db.volumeQosSpec.create({ data: { ...input, id: newId() }, include: qosParts })
      audit(tx, 'volume.qosSpecs.create', qos)
      qosChanged(tx, 'created', qosRow(qos))
      return qosRow(qos)
    }).catch(nameTaken),
})

/** Changes limits; `specs` replaces all of them. Volumes keep those that they were made with. @throws NephosError not_found, conflict */
export const updateVolumeQosSpec = defineVerb({
  name: 'volume.qosSpecs.update',
  kind: 'mutation',
  rule: admins,
  input: z.object({
    id: z.uuid(),
    name: qosFields.name.optional(),
    consumer: qosFields.consumer.optional(),
    specs: qosFields.specs.optional(),
  }),
  run: ({ ctx, input: { id, ...changes } }): Promise<VolumeQosSpecRow> =>
    mutate(ctx, async (tx) => {
      await findQosSpec(ctx, id, tx.db)
      const qos = await tx.db.volumeQosSpec.update({ where: { id }, data: changes, include: qosParts })
      audit(tx, 'volume.qosSpecs.update', qos)
      qosChanged(tx, 'updated', qosRow(qos))
      return qosRow(qos)
    }).catch(nameTaken),
})

/** Removes limits that no type refers to. @throws NephosError not_found, conflict while types have them */
export const deleteVolumeQosSpec = defineVerb({
  name: 'volume.qosSpecs.delete',
  kind: 'mutation',
  rule: admins,
  input: z.object({ id: z.uuid() }),
  run: ({ ctx, input: { id } }): Promise<{ id: string }> =>
    mutate(ctx, async (tx) => {
      const qos = await findQosSpec(ctx, id, tx.db)
      if (qos.types.length > 0)
        throw conflict(`The types ${qos.types.map(({ name }) => name).join(', ')} have these limits.`, {
          remedy: 'Take the limits off the types first.',
        })
      await tx.db.volumeQosSpec.deleteMany({ where: { id } })
      audit(tx, 'volume.qosSpecs.delete', qos)
      qosChanged(tx, 'deleted', qosRow(qos))
      return { id }
    }),
})
