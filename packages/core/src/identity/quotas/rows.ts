import type { Db, Tx } from '@nephos/db'
import { type AnyQuotaResource, defaultQuotaLimit, quotaResources, typeOfQuota } from '../../kernel/index.ts'

/** One limit and how much of it is in use; ram in MiB, image_bytes in bytes, -1 for unlimited. */
export interface QuotaRow {
  /** Those of one type of volumes (`volumes_ssd`) only where it has a limit of its own. */
  resource: AnyQuotaResource
  used: number
  limit: number
}

/**
 * The quotas of a project, and the user's own of key pairs when one is given.
 * @param also quotas of types of volumes that have no limit yet
 */
export async function quotaRows(
  db: Db | Tx,
  projectId: string,
  { userId, also = [] }: { userId?: string; also?: readonly AnyQuotaResource[] } = {},
): Promise<QuotaRow[]> {
  const owners = [
    { scope: 'project' as const, scopeId: projectId },
    ...(userId ? [{ scope: 'user' as const, scopeId: userId }] : []),
  ]
  const [usages, limits] = [
    await db.quotaUsage.findMany({ where: { OR: owners } }),
    await db.quotaLimit.findMany({ where: { projectId } }),
  ]
  const named = [...limits.map(({ resource }) => resource as AnyQuotaResource), ...also]
  const ofTypes = [...new Set(named.filter((resource) => typeOfQuota(resource) !== null))].sort()
  return [...quotaResources, ...ofTypes]
    .filter((resource) => resource !== 'key_pairs' || userId !== undefined)
    .map((resource) => ({
      resource,
      used: usages.find((row) => row.resource === resource)?.used ?? 0,
      limit: limits.find((row) => row.resource === resource)?.limit ?? defaultQuotaLimit(resource),
    }))
}
