import type { Tx } from '@nephos/db'
import { z } from 'zod'
import { conflict, defineVerb, mutate, noJson, perTypeResources } from '../../kernel/index.ts'
import { nameTaken, requireQosSpec } from './create.ts'
import { typeFields } from './input.ts'
import { findType, projectsOfType, typeChanged, typeParts, typeRow, type VolumeTypeRow } from './row.ts'

/**
 * Changes a type. Volumes keep the limits and abilities that they were made with; `extraSpecs` replaces all of them.
 * @throws NephosError not_found, conflict when the name is taken or volumes forbid the change
 */
export const updateVolumeType = defineVerb({
  name: 'volume.types.update',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({
    id: z.uuid(),
    name: typeFields.name.optional(),
    description: typeFields.description.optional(),
    isPublic: typeFields.isPublic.optional(),
    extraSpecs: typeFields.extraSpecs.optional(),
    qosSpecId: typeFields.qosSpecId.optional(),
    encryption: typeFields.encryption.optional(),
  }),
  run: ({ ctx, input: { id, encryption, ...changes } }): Promise<VolumeTypeRow> =>
    mutate(ctx, async (tx) => {
      const before = await findType(ctx, id, tx.db)
      await requireQosSpec(tx.db, changes.qosSpecId)
      if (encryption !== undefined && (encryption === null) !== (before.encryption === null)) {
        const volumes = await tx.db.volume.count({ where: { typeId: id } })
        if (volumes > 0)
          throw conflict('The encryption of a type cannot be changed while it has volumes.', {
            field: 'encryption',
            remedy: 'Make a new type.',
            detail: { volumes },
          })
      }
      const type = await tx.db.volumeType.update({
        where: { id },
        data: { ...changes, ...(encryption !== undefined && { encryption: encryption ?? noJson }) },
        include: typeParts,
      })
      if (type.name !== before.name) await renameQuotas(tx.db, before.name, type.name)
      tx.audit({
        verb: 'volume.types.update',
        resourceType: 'volume_type',
        resourceId: id,
        resourceName: type.name,
        projectId: null,
        detail: { changed: [...Object.keys(changes), ...(encryption !== undefined ? ['encryption'] : [])] },
      })
      typeChanged(tx, 'updated', type, {
        wasPublic: before.isPublic,
        projects: await projectsOfType(tx, id),
      })
      return typeRow(type, { admin: true })
    }).catch(nameTaken),
})

/** Counters and limits of a type carry its name. */
async function renameQuotas(db: Tx, from: string, to: string): Promise<void> {
  for (const resource of perTypeResources) {
    const change = { where: { resource: `${resource}_${from}` }, data: { resource: `${resource}_${to}` } }
    await db.quotaUsage.deleteMany({ where: { resource: `${resource}_${to}` } })
    await db.quotaLimit.deleteMany({ where: { resource: `${resource}_${to}` } })
    await db.quotaUsage.updateMany(change)
    await db.quotaLimit.updateMany(change)
  }
}
