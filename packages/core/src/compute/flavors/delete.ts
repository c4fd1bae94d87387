import { z } from 'zod'
import { defineVerb, mutate } from '../../kernel/index.ts'
import { findFlavor, flavorChanged, projectsWithAccess } from './row.ts'

/** Removes a flavor. Instances made from it keep their sizes and its name. @throws NephosError not_found */
export const deleteFlavor = defineVerb({
  name: 'compute.flavors.delete',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({ id: z.string().min(1).max(255) }),
  run: ({ ctx, input }): Promise<{ id: string }> =>
    mutate(ctx, async (tx) => {
      const flavor = await findFlavor(ctx, input.id, tx.db)
      const projects = await projectsWithAccess(tx, flavor.id)
      await tx.db.flavor.deleteMany({ where: { id: input.id } })
      tx.audit({
        verb: 'compute.flavors.delete',
        resourceType: 'flavor',
        resourceId: flavor.id,
        resourceName: flavor.name,
        projectId: null,
      })
      flavorChanged(tx, 'deleted', flavor, { projects })
      return { id: flavor.id }
    }),
})
