import { z } from 'zod'
import { defineVerb, NephosError } from '../../kernel/index.ts'
import { changeAccess } from './access.ts'

/** Takes a private flavor away from a project; its instances keep it. @throws NephosError not_found, conflict */
export const removeFlavorAccess = defineVerb({
  name: 'compute.flavors.removeAccess',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({
    id: z.string().min(1).max(255),
    projectId: z.string().min(1, 'Choose a project.').max(64),
  }),
  run: ({ ctx, input }): Promise<{ flavorId: string; projectId: string }> =>
    changeAccess(ctx, 'compute.flavors.removeAccess', input, async (tx, flavor, project) => {
      const key = { flavorId: flavor.id, projectId: project.id }
      const { count } = await tx.db.flavorAccess.deleteMany({ where: key })
      if (count === 0)
        throw new NephosError(
          'not_found',
          `The project ${project.name} was not given the flavor ${flavor.name}.`,
          { field: 'projectId', detail: key },
        )
      tx.event({
        noun: 'flavor',
        change: 'deleted',
        id: flavor.id,
        audience: { kind: 'project', projectId: project.id },
        data: null,
      })
      return key
    }),
})
