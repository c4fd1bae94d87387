import type { Flavor } from '@nephos/db'
import { type Ctx, conflict, type MutationTx, mutate, notFound } from '../../kernel/index.ts'
import { findFlavor, flavorChanged } from './row.ts'

/** A project that may use a private flavor. */
export interface FlavorAccessRow {
  flavorId: string
  projectId: string
  projectName: string
  createdAt: Date
}

/**
 * Changes who may use a private flavor, and keeps that in the audit log.
 * @throws NephosError not_found for the flavor or the project, conflict for a public flavor
 */
export const changeAccess = <Result>(
  ctx: Ctx,
  verb: string,
  input: { id: string; projectId: string },
  change: (tx: MutationTx, flavor: Flavor, project: { id: string; name: string }) => Promise<Result>,
): Promise<Result> =>
  mutate(ctx, async (tx) => {
    const flavor = await findFlavor(ctx, input.id, tx.db)
    if (flavor.isPublic)
      throw conflict(`The flavor ${flavor.name} is public: every project can use it.`, {
        remedy: 'Make it private first.',
      })
    const project = await tx.db.project.findUnique({
      where: { id: input.projectId },
      select: { id: true, name: true },
    })
    if (!project) throw notFound('project', input.projectId)
    const result = await change(tx, flavor, project)
    // Administrators see every event: what is gone for a project is still there for them.
    flavorChanged(tx, 'updated', flavor)
    tx.audit({
      verb,
      resourceType: 'flavor',
      resourceId: flavor.id,
      resourceName: flavor.name,
      projectId: null,
      detail: { projectId: project.id, projectName: project.name },
    })
    return result
  })
