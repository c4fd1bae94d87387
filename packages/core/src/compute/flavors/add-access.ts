import { isUniqueViolation } from '@nephos/db'
import { z } from 'zod'
import { conflict, defineVerb } from '../../kernel/index.ts'
import { changeAccess, type FlavorAccessRow } from './access.ts'
import { flavorRow } from './row.ts'

/** Lets a project use a private flavor. @throws NephosError not_found, conflict when it may already or the flavor is public */
export const addFlavorAccess = defineVerb({
  name: 'compute.flavors.addAccess',
  kind: 'mutation',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({
    id: z.string().min(1).max(255),
    projectId: z.string().min(1, 'Choose a project.').max(64),
  }),
  run: async ({ ctx, input }): Promise<FlavorAccessRow> => {
    try {
      return await changeAccess(ctx, 'compute.flavors.addAccess', input, async (tx, flavor, project) => {
        const row = await tx.db.flavorAccess.create({ data: { flavorId: flavor.id, projectId: project.id } })
        if (!flavor.disabled)
          tx.event({
            noun: 'flavor',
            change: 'created',
            id: flavor.id,
            audience: { kind: 'project', projectId: project.id },
            data: flavorRow(flavor),
          })
        return { ...row, projectName: project.name }
      })
    } catch (error) {
      if (!isUniqueViolation(error)) throw error
      throw conflict('This project can already use the flavor.', { field: 'projectId', cause: error })
    }
  },
})
