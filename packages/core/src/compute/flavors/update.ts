import { isUniqueViolation } from '@nephos/db'
import { z } from 'zod'
import { conflict, defineVerb, mutate } from '../../kernel/index.ts'
import { description, displayName } from '../names.ts'
import { flavorSizes } from './create.ts'
import { requireValidExtraSpecs } from './extra-specs.ts'
import { type FlavorRow, findFlavor, flavorChanged, flavorRow, projectsWithAccess } from './row.ts'

/**
 * Changes a flavor. Instances keep the sizes they were created with.
 * @throws NephosError not_found, conflict when the name is taken
 */
export const updateFlavor = defineVerb({
  name: 'compute.flavors.update',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({
    id: z.string().min(1).max(255),
    name: displayName.optional(),
    description: description.optional(),
    vcpus: flavorSizes.vcpus.optional(),
    ramMib: flavorSizes.ramMib.optional(),
    diskGib: flavorSizes.diskGib.optional(),
    ephemeralGib: flavorSizes.ephemeralGib.optional(),
    swapMib: flavorSizes.swapMib.optional(),
    isPublic: z.boolean().optional(),
    disabled: z.boolean().optional(),
  }),
  run: async ({ ctx, input: { id, ...changes } }): Promise<FlavorRow> => {
    try {
      return await mutate(ctx, async (tx) => {
        const before = await findFlavor(ctx, id, tx.db)
        if (changes.vcpus) requireValidExtraSpecs(flavorRow(before).extraSpecs, changes.vcpus, 'vcpus')
        const flavor = await tx.db.flavor.update({ where: { id }, data: changes })
        tx.audit({
          verb: 'compute.flavors.update',
          resourceType: 'flavor',
          resourceId: id,
          resourceName: flavor.name,
          projectId: null,
          detail: { before: { ...flavorRow(before) }, after: { ...flavorRow(flavor) } },
        })
        flavorChanged(tx, 'updated', flavor, { before, projects: await projectsWithAccess(tx, id) })
        return flavorRow(flavor)
      })
    } catch (error) {
      if (!isUniqueViolation(error)) throw error
      throw conflict('A flavor with this name exists.', {
        field: 'name',
        remedy: 'Choose another name.',
        cause: error,
      })
    }
  },
})
