import type { Domain, Project } from '@nephos/db'
import { type Ctx, type MutationTx, notFound, type RoleName, reader } from '../../kernel/index.ts'
import { requireDomain } from '../policy/domain-scope.ts'

/** A project as lists, `show` and events have it. */
export interface ProjectRow {
  id: string
  domainId: string
  domainName: string
  name: string
  description: string
  enabled: boolean
  createdAt: Date
  updatedAt: Date
}

/** A project with its domain. */
export type ProjectWithDomain = Project & { domain: Domain }

/** The row of a stored project. */
export const projectRow = (project: ProjectWithDomain): ProjectRow => ({
  id: project.id,
  domainId: project.domainId,
  domainName: project.domain.name,
  name: project.name,
  description: project.description,
  enabled: project.enabled,
  createdAt: project.createdAt,
  updatedAt: project.updatedAt,
})

/** The project, when the actor holds `role` on its domain. @throws NephosError not_found, forbidden */
export async function findProject(
  ctx: Ctx,
  id: string,
  role: RoleName,
  db = reader(ctx),
): Promise<ProjectWithDomain> {
  const project = await db.project.findUnique({ where: { id }, include: { domain: true } })
  return requireDomain(ctx, role, 'project', id, project)
}

/** The project that the actor acts in, or one that it may read in its domain. @throws NephosError not_found */
export async function findReadableProject(ctx: Ctx, id: string): Promise<ProjectWithDomain> {
  if (ctx.actor.kind !== 'user' || ctx.actor.project?.id !== id) return findProject(ctx, id, 'reader')
  const project = await reader(ctx).project.findUnique({ where: { id }, include: { domain: true } })
  if (!project) throw notFound('project', id)
  return project
}

/** Writes what changed about a project to the audit log and announces it to its members. */
export function projectChanged(
  tx: MutationTx,
  verb: string,
  change: 'created' | 'updated' | 'deleted',
  project: ProjectWithDomain,
  fields: string[] = [],
): void {
  tx.audit({
    verb,
    resourceType: 'project',
    resourceId: project.id,
    resourceName: project.name,
    projectId: project.id,
    detail: fields.length > 0 ? { fields } : undefined,
  })
  tx.event({
    noun: 'project',
    change,
    id: project.id,
    audience: { kind: 'project', projectId: project.id },
    data: change === 'deleted' ? null : projectRow(project),
  })
}
