import type { Db, QuotaScope } from '@nephos/db'
import { uncountedOwners } from '../network/ports/owners.ts'
import { countVolumes } from '../volume/volumes/count.ts'
import type { AnyQuotaResource } from './quota.ts'
import { heldByResizes } from './resize-holds.ts'

/** A counter that is not what it should be. */
export interface QuotaDrift {
  scope: QuotaScope
  scopeId: string
  resource: AnyQuotaResource
  /** What the counter says. */
  used: number
  /** What there is. */
  actual: number
}

const keyOf = ({ scope, scopeId, resource }: Pick<QuotaDrift, 'scope' | 'scopeId' | 'resource'>) =>
  `${scope} ${scopeId} ${resource}`

/**
 * Compares every counter with what there is. Reads are not one moment, so a change in between looks like a drift:
 * believe only what is still there when asked again, with {@link confirmedDrift}.
 */
export async function findQuotaDrift(db: Db): Promise<QuotaDrift[]> {
  const usage = await db.quotaUsage.findMany()
  const [
    instances,
    ports,
    networks,
    subnets,
    routers,
    floatingIps,
    images,
    keys,
    groups,
    securityGroups,
    rules,
    policies,
    addressGroups,
    resizes,
    volumes,
  ] = await Promise.all([
    db.instance.groupBy({ by: ['projectId'], _count: true, _sum: { vcpus: true, ramMib: true } }),
    db.port.groupBy({
      by: ['projectId'],
      where: { deviceOwner: { notIn: [...uncountedOwners] } },
      _count: true,
    }),
    db.network.groupBy({ by: ['projectId'], _count: true }),
    db.subnet.groupBy({ by: ['projectId'], _count: true }),
    db.router.groupBy({ by: ['projectId'], _count: true }),
    db.floatingIp.groupBy({ by: ['projectId'], _count: true }),
    db.image.groupBy({ by: ['projectId'], _count: true, _sum: { size: true } }),
    db.keyPair.groupBy({ by: ['userId'], _count: true }),
    db.serverGroup.groupBy({ by: ['projectId'], _count: true }),
    db.securityGroup.groupBy({ by: ['projectId'], _count: true }),
    db.securityGroupRule.groupBy({ by: ['projectId'], _count: true }),
    db.networkRbac.groupBy({ by: ['projectId'], where: { targetProject: { not: '*' } }, _count: true }),
    db.addressGroup.groupBy({ by: ['projectId'], _count: true }),
    heldByResizes(db),
    countVolumes(db),
  ])
  const actual = new Map<string, Omit<QuotaDrift, 'used'>>()
  const count = (
    resource: AnyQuotaResource,
    scopeId: string,
    amount: number,
    scope: QuotaScope = 'project',
  ) => {
    const counter = { scope, scopeId, resource, actual: amount }
    actual.set(keyOf(counter), counter)
  }
  const held = (projectId: string, of: 'cores' | 'ram') =>
    resizes.reduce((sum, one) => sum + (one.projectId === projectId ? one[of] : 0), 0)
  for (const row of instances) {
    count('instances', row.projectId, row._count)
    count('cores', row.projectId, (row._sum.vcpus ?? 0) + held(row.projectId, 'cores'))
    count('ram', row.projectId, (row._sum.ramMib ?? 0) + held(row.projectId, 'ram'))
  }
  for (const row of ports) count('ports', row.projectId, row._count)
  for (const row of networks) count('networks', row.projectId, row._count)
  for (const row of subnets) count('subnets', row.projectId, row._count)
  for (const row of routers) count('routers', row.projectId, row._count)
  for (const row of floatingIps) count('floating_ips', row.projectId, row._count)
  for (const row of images) {
    count('images', row.projectId, row._count)
    count('image_bytes', row.projectId, Number(row._sum.size ?? 0))
  }
  for (const row of groups) count('server_groups', row.projectId, row._count)
  for (const row of securityGroups) count('security_groups', row.projectId, row._count)
  for (const row of rules) count('security_group_rules', row.projectId, row._count)
  for (const row of policies) count('rbac_policies', row.projectId, row._count)
  for (const row of addressGroups) count('address_groups', row.projectId, row._count)
  for (const { projectId, resource, amount } of volumes) count(resource, projectId, amount)
  for (const row of keys) count('key_pairs', row.userId, row._count, 'user')

  const counters = new Map(usage.map((row) => [keyOf(row as QuotaDrift), row]))
  const all = new Set([...actual.keys(), ...counters.keys()])
  return [...all].flatMap((key): QuotaDrift[] => {
    const counter = counters.get(key)
    const truth = actual.get(key)
    const used = counter?.used ?? 0
    const should = truth?.actual ?? 0
    if (used === should) return []
    const { scope, scopeId, resource } = (truth ?? counter) as QuotaDrift
    return [{ scope, scopeId, resource, used, actual: should }]
  })
}

/** What was the same drift before and is still there now. */
export const confirmedDrift = (before: QuotaDrift[], now: QuotaDrift[]): QuotaDrift[] =>
  now.filter((drift) =>
    before.some(
      (old) => keyOf(old) === keyOf(drift) && old.used === drift.used && old.actual === drift.actual,
    ),
  )

/** Corrects counters, each by compare-and-set on what it said. @returns those that were corrected */
export async function correctQuota(db: Db, drifts: QuotaDrift[]): Promise<QuotaDrift[]> {
  const corrected: QuotaDrift[] = []
  for (const drift of drifts) {
    const { scope, scopeId, resource, used, actual } = drift
    const { count } = await db.quotaUsage.updateMany({
      where: { scope, scopeId, resource, used },
      data: { used: actual },
    })
    if (count === 0 && used === 0)
      await db.quotaUsage.upsert({
        where: { scope_scopeId_resource: { scope, scopeId, resource } },
        create: { scope, scopeId, resource, used: actual },
        update: {},
      })
    corrected.push(drift)
  }
  return corrected
}
