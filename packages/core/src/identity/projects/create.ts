import { newHexId } from '@nephos/db'
import { z } from 'zod'
import { defineVerb, mutate } from '../../kernel/index.ts'
import { ensureDefaultGroup } from '../../network/security-groups/default-group.ts'
import { findDomain } from '../domains/row.ts'
import { identityDescription, identityId, identityName } from '../names.ts'
import { nameTaken } from '../users/fields.ts'
import { type ProjectRow, projectChanged, projectRow } from './row.ts'

/** Adds a project. @throws NephosError conflict when the name is taken in the domain, not_found for the domain */
export const createProject = defineVerb({
  name: 'identity.projects.create',
  kind: 'mutation',
  rule: { scope: 'domain', role: 'manager' },
  input: z.object({
    name: identityName,
    domainId: identityId.default('default'),
    description: identityDescription.default(''),
    enabled: z.boolean().default(true),
  }),
  run: async ({ ctx, input }): Promise<ProjectRow> => {
    await findDomain(ctx, input.domainId, 'manager')
    try {
      return await mutate(ctx, async (tx) => {
        const project = await tx.db.project.create({
          data: { ...input, id: newHexId() },
          include: { domain: true },
        })
        await ensureDefaultGroup(tx.db, project.id)
        projectChanged(tx, 'identity.projects.create', 'created', project)
        return projectRow(project)
      })
    } catch (error) {
      return nameTaken('project', error)
    }
  },
})
