import { isUniqueViolation, type QuotaScope, type Tx } from '@nephos/db'
import { NephosError } from './errors.ts'
import { LostRace } from './lost-race.ts'

/** Limits of a project (of a user for key pairs) unless an administrator set others; -1 is unlimited. */
export const quotaDefaults = {
  instances: 10,
  cores: 20,
  ram: 51_200,
  key_pairs: 100,
  networks: 100,
  subnets: 100,
  ports: 500,
  images: 100,
  image_bytes: -1,
} as const
export type QuotaResource = keyof typeof quotaDefaults

/** How people and the order of locks see the resources: always taken in this order, so that two calls cannot deadlock. */
export const quotaResources = Object.keys(quotaDefaults) as QuotaResource[]

/** An amount of each resource; ram in MiB. */
export type QuotaAmounts = Partial<Record<QuotaResource, number>>

const ownerOf = (resource: QuotaResource): QuotaScope => (resource === 'key_pairs' ? 'user' : 'project')

/** The limit in force. Users share the default of key pairs. */
export async function quotaLimit(db: Tx, projectId: string, resource: QuotaResource): Promise<number> {
  if (ownerOf(resource) === 'user') return quotaDefaults[resource]
  const row = await db.quotaLimit.findUnique({ where: { projectId_resource: { projectId, resource } } })
  return row?.limit ?? quotaDefaults[resource]
}

/**
 * Takes the amounts, in the caller's transaction. The check and the increment are one statement, so parallel calls
 * can never exceed a limit. Call it last in the transaction: the counter stays locked until the commit.
 * @throws NephosError quota_exceeded naming resource, requested, used and limit
 */
export async function takeQuota(db: Tx, ownerId: string, amounts: QuotaAmounts): Promise<void> {
  const wanted = quotaResources.filter((resource) => (amounts[resource] ?? 0) > 0)
  if (wanted.length === 0) return
  const custom = await db.quotaLimit.findMany({ where: { projectId: ownerId, resource: { in: wanted } } })
  for (const resource of wanted) {
    const amount = amounts[resource] ?? 0
    const limit = custom.find((row) => row.resource === resource)?.limit ?? quotaDefaults[resource]
    const key = { scope: ownerOf(resource), scopeId: ownerId, resource }
    const raise = () =>
      db.quotaUsage.updateMany({
        where: { ...key, ...(limit >= 0 && { used: { lte: limit - amount } }) },
        data: { used: { increment: amount } },
      })
    if ((await raise()).count === 1) continue
    // The counter did not exist, or somebody else made it just now: only the second refusal counts.
    await makeCounter(db, key)
    if ((await raise()).count === 1) continue
    const found = await db.quotaUsage.findUnique({ where: { scope_scopeId_resource: key } })
    const used = found?.used ?? 0
    throw new NephosError(
      'quota_exceeded',
      `Quota exceeded for ${resource}: Requested ${amount}, but already used ${used} of ${limit} ${resource}.`,
      {
        remedy: 'Delete something that is no longer needed, or ask an administrator for a higher quota.',
        detail: { resource, requested: amount, used, limit },
      },
    )
  }
}

/** PostgreSQL gives a transaction up in which an insert was refused, so the loser of the race starts over. */
async function makeCounter(db: Tx, key: { scope: QuotaScope; scopeId: string; resource: string }) {
  try {
    await db.quotaUsage.upsert({
      where: { scope_scopeId_resource: key },
      create: { ...key, used: 0 },
      update: {},
    })
  } catch (error) {
    throw isUniqueViolation(error) ? new LostRace(error) : error
  }
}

/** Gives the amounts back, in the caller's transaction. */
export async function returnQuota(db: Tx, ownerId: string, amounts: QuotaAmounts): Promise<void> {
  for (const resource of quotaResources) {
    const amount = amounts[resource] ?? 0
    if (amount > 0)
      await db.quotaUsage.updateMany({
        where: { scope: ownerOf(resource), scopeId: ownerId, resource, used: { gte: amount } },
        data: { used: { decrement: amount } },
      })
  }
}
