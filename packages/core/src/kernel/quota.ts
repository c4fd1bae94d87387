import { insertMissing, lowerUsage, type QuotaScope, raiseUsage, type Tx } from '@nephos/db'
import { NephosError } from './errors.ts'

/** Limits of a project (of a user for key pairs) unless an administrator set others; -1 is unlimited. */
export const quotaDefaults = {
  instances: 10,
  cores: 20,
  ram: 51_200,
  key_pairs: 100,
  networks: 100,
  subnets: 100,
  ports: 500,
  routers: 10,
  floating_ips: 50,
  security_groups: 10,
  security_group_rules: 100,
  /** Projects that networks are given to by name. */
  rbac_policies: 10,
  address_groups: 50,
  images: 100,
  image_bytes: -1,
  server_groups: 10,
  /** Members of one group. Counted when they join: there is no counter. */
  server_group_members: 10,
  volumes: 10,
  /** GiB of volumes and of the volumes that snapshots are of. */
  gigabytes: 1000,
  snapshots: 10,
  backups: 10,
  backup_gigabytes: 1000,
  /** GiB of one volume: there is no counter. */
  per_volume_gigabytes: -1,
} as const
export type QuotaResource = keyof typeof quotaDefaults

/** How people and the order of locks see the resources: always taken in this order, so that two calls cannot deadlock. */
export const quotaResources = Object.keys(quotaDefaults) as QuotaResource[]

/** What is counted for each type of volumes as well; unlimited unless an administrator set a limit. */
export const perTypeResources = ['volumes', 'gigabytes', 'snapshots'] as const
/** `volumes_ssd`: the part of a resource that is of one type of volumes. */
export type TypeQuotaResource = `${(typeof perTypeResources)[number]}_${string}`

/** A resource that has a counter or a limit. */
export type AnyQuotaResource = QuotaResource | TypeQuotaResource

/** An amount of each resource; ram in MiB. */
export type QuotaAmounts = { [Resource in AnyQuotaResource]?: number }

const ownerOf = (resource: AnyQuotaResource): QuotaScope => (resource === 'key_pairs' ? 'user' : 'project')

/** The name of a type of volumes, where the resource is the part of one type; null for any other. */
export function typeOfQuota(resource: string): string | null {
  if (Object.hasOwn(quotaDefaults, resource)) return null
  const prefix = perTypeResources.find((name) => resource.startsWith(`${name}_`))
  return prefix === undefined ? null : resource.slice(prefix.length + 1)
}

/** Its limit unless an administrator set another; -1 is unlimited. */
export const defaultQuotaLimit = (resource: AnyQuotaResource): number =>
  Object.hasOwn(quotaDefaults, resource) ? quotaDefaults[resource as QuotaResource] : -1

/** The limit in force. Users share the default of key pairs. */
export async function quotaLimit(db: Tx, projectId: string, resource: AnyQuotaResource): Promise<number> {
  if (ownerOf(resource) === 'user') return defaultQuotaLimit(resource)
  const row = await db.quotaLimit.findUnique({ where: { projectId_resource: { projectId, resource } } })
  return row?.limit ?? defaultQuotaLimit(resource)
}

/**
 * Takes the amounts, in the caller's transaction. Check and increment of all of them are one statement, so parallel
 * calls can never exceed a limit. Call it last in the transaction: the counters stay locked until the commit.
 * @throws NephosError quota_exceeded naming resource, requested, used and limit
 */
export async function takeQuota(db: Tx, ownerId: string, amounts: QuotaAmounts): Promise<void> {
  for (const [scope, resources] of byScope(amounts)) {
    const owner = { scope, scopeId: ownerId }
    const raise = (wanted: AnyQuotaResource[]) =>
      raiseUsage(
        db,
        owner,
        wanted.map((resource) => ({
          resource,
          amount: amounts[resource] ?? 0,
          defaultLimit: defaultQuotaLimit(resource),
        })),
      )
    const raised = await raise(resources)
    const refused = resources.filter((resource) => !raised.includes(resource))
    if (refused.length === 0) continue
    // A counter that was never used does not exist yet, or somebody else made it just now: only the second refusal
    // counts.
    await insertMissing(db, {
      table: 'QuotaUsage',
      rows: [...refused].sort().map((resource) => ({ ...owner, resource, used: 0 })),
    })
    const again = await raise(refused)
    const exceeded = refused.find((resource) => !again.includes(resource))
    if (exceeded) throw await quotaExceeded(db, owner, exceeded, amounts[exceeded] ?? 0)
  }
}

async function quotaExceeded(
  db: Tx,
  owner: { scope: QuotaScope; scopeId: string },
  resource: AnyQuotaResource,
  requested: number,
): Promise<NephosError> {
  const key = { ...owner, resource }
  const found = await db.quotaUsage.findUnique({ where: { scope_scopeId_resource: key } })
  const used = found?.used ?? 0
  const limit = await quotaLimit(db, owner.scopeId, resource)
  return new NephosError(
    'quota_exceeded',
    `Quota exceeded for ${resource}: Requested ${requested}, but already used ${used} of ${limit} ${resource}.`,
    {
      remedy: 'Delete something that is no longer needed, or ask an administrator for a higher quota.',
      detail: { resource, requested, used, limit },
    },
  )
}

/** Gives the amounts back, in the caller's transaction. */
export async function returnQuota(db: Tx, ownerId: string, amounts: QuotaAmounts): Promise<void> {
  for (const [scope, resources] of byScope(amounts))
    await lowerUsage(
      db,
      { scope, scopeId: ownerId },
      resources.map((resource) => ({ resource, amount: amounts[resource] ?? 0 })),
    )
}

/** The resources of which there is an amount, by whose they are, always in the same order. */
function byScope(amounts: QuotaAmounts): Map<QuotaScope, AnyQuotaResource[]> {
  const ofTypes = (Object.keys(amounts) as AnyQuotaResource[])
    .filter((resource) => !Object.hasOwn(quotaDefaults, resource))
    .sort()
  const scopes = new Map<QuotaScope, AnyQuotaResource[]>()
  for (const resource of [...quotaResources, ...ofTypes])
    if ((amounts[resource] ?? 0) > 0)
      scopes.set(ownerOf(resource), [...(scopes.get(ownerOf(resource)) ?? []), resource])
  return scopes
}
