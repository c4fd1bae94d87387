import type { Db, Tx } from '@nephos/db'
import { type QuotaResource, quotaDefaults, quotaResources } from '../../kernel/index.ts'

/** One limit and how much of it is in use; ram in MiB, image_bytes in bytes, -1 for unlimited. */
export interface QuotaRow {
  resource: QuotaResource
  used: number
  limit: number
}

/** The quotas of a project, and the user's own of key pairs when one is given. */
export async function quotaRows(db: Db | Tx, projectId: string, userId?: string): Promise<QuotaRow[]> {
  const owners = [
    { scope: 'project' as const, scopeId: projectId },
    ...(userId ? [{ scope: 'user' as const, scopeId: userId }] : []),
  ]
  const [usages, limits] = [
    await db.quotaUsage.findMany({ where: { OR: owners } }),
    await db.quotaLimit.findMany({ where: { projectId } }),
  ]
  return quotaResources
    .filter((resource) => resource !== 'key_pairs' || userId !== undefined)
    .map((resource) => ({
      resource,
      used: usages.find((row) => row.resource === resource)?.used ?? 0,
      limit: limits.find((row) => row.resource === resource)?.limit ?? quotaDefaults[resource],
    }))
}
