import { z } from 'zod'
import { defineVerb, mutate } from '../../kernel/index.ts'
import { identityDescription, identityId, identityName } from '../names.ts'
import { forgetUser } from '../principals/cache.ts'
import { nameTaken } from '../users/fields.ts'
import { memberIds } from './members.ts'
import { findProject, type ProjectRow, projectChanged, projectRow } from './row.ts'

/**
 * Changes a project. Nobody can act in a disabled one; its instances go on running.
 * @throws NephosError not_found, forbidden, conflict when the name is taken
 */
export const updateProject = defineVerb({
  name: 'identity.projects.update',
  kind: 'mutation',
  rule: { scope: 'domain', role: 'manager' },
  input: z.object({
    id: identityId,
    name: identityName.optional(),
    description: identityDescription.optional(),
    enabled: z.boolean().optional(),
  }),
  run: async ({ ctx, input: { id, ...changes } }): Promise<ProjectRow> => {
    try {
      const { row, members } = await mutate(ctx, async (tx) => {
        await findProject(ctx, id, 'manager', tx.db)
        const project = await tx.db.project.update({
          where: { id },
          data: changes,
          include: { domain: true },
        })
        const fields = Object.entries(changes).flatMap(([name, value]) => (value === undefined ? [] : [name]))
        projectChanged(tx, 'identity.projects.update', 'updated', project, fields)
        return { row: projectRow(project), members: await memberIds(tx.db, id) }
      })
      for (const member of members) forgetUser(ctx, member)
      return row
    } catch (error) {
      return nameTaken('project', error)
    }
  },
})
