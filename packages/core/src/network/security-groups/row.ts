import type { Prisma } from '@nephos/db'
import { type Ctx, isAdmin, type MutationTx, notFound, requireProject } from '../../kernel/index.ts'
import { tagsOf, withTags } from '../tags/input.ts'

/** What is read of a security group for its list row. */
export const securityGroupSelect = {
  id: true,
  projectId: true,
  name: true,
  description: true,
  stateful: true,
  defaultOf: true,
  generation: true,
  createdAt: true,
  updatedAt: true,
  _count: { select: { rules: true, ports: true } },
  ...withTags,
} satisfies Prisma.SecurityGroupSelect
type SecurityGroupRecord = Prisma.SecurityGroupGetPayload<{ select: typeof securityGroupSelect }>

/** A security group as lists and events have it. */
export interface SecurityGroupRow {
  id: string
  projectId: string
  name: string
  description: string
  /** Answers of what a rule lets through pass by themselves. */
  stateful: boolean
  /** New ports of the project are in it unless they name others. */
  isDefault: boolean
  ruleCount: number
  /** Ports that are in it. */
  portCount: number
  tags: string[]
  generation: number
  createdAt: Date
  updatedAt: Date
}

/** The list row. */
export const securityGroupRow = ({
  _count,
  defaultOf,
  tags: _tags,
  ...record
}: SecurityGroupRecord): SecurityGroupRow => ({
  ...record,
  isDefault: defaultOf !== null,
  ruleCount: _count.rules,
  portCount: _count.ports,
  tags: tagsOf({ tags: _tags }),
})

/** The groups an actor sees: those of the project, and all of them for an administrator. */
export const visibleSecurityGroups = (ctx: Ctx): Prisma.SecurityGroupWhereInput =>
  isAdmin(ctx.actor) ? {} : { projectId: requireProject(ctx).id }

/** @throws NephosError not_found when there is none that the actor can see */
export async function findSecurityGroup(
  ctx: Ctx,
  db: Pick<MutationTx['db'], 'securityGroup'>,
  id: string,
): Promise<SecurityGroupRow> {
  const record = await db.securityGroup.findFirst({
    where: { AND: [{ id }, visibleSecurityGroups(ctx)] },
    select: securityGroupSelect,
  })
  if (!record) throw notFound('security group', id)
  return securityGroupRow(record)
}

/**
 * Locks a group for a change of it or of its rules, until the transaction ends: changes of one group follow each
 * other. Call it before any read.
 * @throws NephosError not_found
 */
export async function lockSecurityGroup(ctx: Ctx, tx: MutationTx, id: string): Promise<SecurityGroupRow> {
  await tx.db.securityGroup.updateMany({
    where: { AND: [{ id }, visibleSecurityGroups(ctx)] },
    data: { generation: { increment: 1 } },
  })
  return findSecurityGroup(ctx, tx.db, id)
}

/** Announces groups as they are now to their projects. Hosts read the rules that they need themselves. */
export async function announceSecurityGroups(
  tx: MutationTx,
  ids: readonly string[],
  change: 'created' | 'updated' = 'updated',
): Promise<SecurityGroupRow[]> {
  if (ids.length === 0) return []
  const records = await tx.db.securityGroup.findMany({
    where: { id: { in: [...ids] } },
    select: securityGroupSelect,
  })
  const rows = records.map(securityGroupRow)
  for (const row of rows)
    tx.event({
      noun: 'security_group',
      change,
      id: row.id,
      audience: { kind: 'project', projectId: row.projectId },
      data: row,
    })
  return rows
}
