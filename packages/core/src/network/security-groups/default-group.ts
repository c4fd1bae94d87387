import { insertMissing, newId, type Tx } from '@nephos/db'
import { planRule } from './plan-rule.ts'

/** What lets a group's members send whatever they like: the rules that every new group begins with. */
export const egressRules = () =>
  (['IPv4', 'IPv6'] as const).map((ethertype) => planRule({ direction: 'egress', ethertype }))

/** Name of the group that a project's ports are in unless they name others. */
export const defaultGroupName = 'default'

/**
 * The default group of a project, made now when it is missing: its members reach each other and everything outside,
 * and nobody else reaches them. Two that make it at once make one. It counts against the quota and is never refused
 * by it.
 */
export async function ensureDefaultGroup(db: Tx, projectId: string): Promise<{ id: string; name: string }> {
  const find = () =>
    db.securityGroup.findUnique({ where: { defaultOf: projectId }, select: { id: true, name: true } })
  const found = await find()
  if (found) return found
  const id = newId()
  const group = {
    id,
    projectId,
    name: defaultGroupName,
    description: 'Default security group',
    defaultOf: projectId,
  }
  // The loser of a race waits here for the winner's commit, and then sees its group.
  if ((await insertMissing(db, { table: 'SecurityGroup', rows: [group] })) === 0) return (await find())!
  const ingress = (['IPv4', 'IPv6'] as const).map((ethertype) =>
    planRule({ direction: 'ingress', ethertype, remoteGroupId: id }),
  )
  const rules = [...ingress, ...egressRules()]
  await db.securityGroupRule.createMany({
    data: rules.map((rule) => ({ id: newId(), groupId: id, projectId, ...rule })),
  })
  await countWithoutLimit(db, projectId, { security_group_rules: rules.length, security_groups: 1 })
  return { id, name: defaultGroupName }
}

async function countWithoutLimit(
  db: Tx,
  projectId: string,
  amounts: Record<'security_group_rules' | 'security_groups', number>,
): Promise<void> {
  const owner = { scope: 'project' as const, scopeId: projectId }
  const resources = Object.keys(amounts).sort() as (keyof typeof amounts)[]
  await insertMissing(db, {
    table: 'QuotaUsage',
    rows: resources.map((resource) => ({ ...owner, resource, used: 0 })),
  })
  for (const resource of resources)
    await db.quotaUsage.update({
      where: { scope_scopeId_resource: { ...owner, resource } },
      data: { used: { increment: amounts[resource] } },
    })
}
