import { z } from 'zod'
import { defineVerb, reader } from '../../kernel/index.ts'
import type { FlavorAccessRow } from './access.ts'
import { findFlavor } from './row.ts'

const most = 1_000

/**
 * The projects that may use a private flavor, at most a thousand, by name; empty for a public one.
 * @throws NephosError not_found
 */
export const listFlavorAccess = defineVerb({
  name: 'compute.flavors.listAccess',
  kind: 'query',
  rule: { scope: 'system', role: 'admin' },
  input: z.object({ id: z.string().min(1).max(255) }),
  run: async ({ ctx, input: { id } }): Promise<FlavorAccessRow[]> => {
    const db = reader(ctx)
    await findFlavor(ctx, id)
    const rows = await db.flavorAccess.findMany({
      where: { flavorId: id },
      orderBy: { projectId: 'asc' },
      take: most,
    })
    const projects = await db.project.findMany({
      where: { id: { in: rows.map(({ projectId }) => projectId) } },
      select: { id: true, name: true },
    })
    const names = new Map(projects.map((project) => [project.id, project.name]))
    return rows
      .flatMap(({ flavorId, projectId, createdAt }) => {
        const projectName = names.get(projectId)
        return projectName === undefined ? [] : [{ flavorId, projectId, projectName, createdAt }]
      })
      .sort((a, b) => a.projectName.localeCompare(b.projectName))
  },
})
