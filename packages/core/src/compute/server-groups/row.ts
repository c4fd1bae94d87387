import type { Prisma } from '@nephos/db'
import { type Ctx, isAdmin, type MutationTx, notFound, requireProject } from '../../kernel/index.ts'
import { wireRow } from '../instances/row.ts'

/** What members of a group want: to be together, to be apart, or to be so as far as it goes (soft). */
export const serverGroupPolicies = [
  'affinity',
  'anti-affinity',
  'soft-affinity',
  'soft-anti-affinity',
] as const
export type ServerGroupPolicy = (typeof serverGroupPolicies)[number]

/** What is read of a server group for its list row. */
export const serverGroupSelect = {
  id: true,
  projectId: true,
  userId: true,
  name: true,
  policy: true,
  maxPerHost: true,
  createdAt: true,
  _count: { select: { instances: true } },
} satisfies Prisma.ServerGroupSelect
type ServerGroupRecord = Prisma.ServerGroupGetPayload<{ select: typeof serverGroupSelect }>

/** A server group as lists and events have it. */
export interface ServerGroupRow {
  id: string
  projectId: string
  userId: string
  name: string
  policy: ServerGroupPolicy
  /** Of anti-affinity: how many members one host may have. */
  maxPerHost: number
  memberCount: number
  createdAt: Date
}

/** The list row. */
export const serverGroupRow = ({ _count, policy, ...record }: ServerGroupRecord): ServerGroupRow => ({
  ...record,
  policy: policy as ServerGroupPolicy,
  memberCount: _count.instances,
})

/** What the actor can see: the groups of the session's project, or all of them for administrators. */
export const visibleServerGroups = (ctx: Ctx): { projectId?: string } =>
  isAdmin(ctx.actor) ? {} : { projectId: requireProject(ctx).id }

/** @throws NephosError not_found when there is none that the actor can see */
export async function findServerGroup(
  ctx: Ctx,
  id: string,
  db: Pick<MutationTx['db'], 'serverGroup'>,
): Promise<ServerGroupRow> {
  const record = await db.serverGroup.findFirst({
    where: { id, ...visibleServerGroups(ctx) },
    select: serverGroupSelect,
  })
  if (!record) throw notFound('server group', id)
  return serverGroupRow(record)
}

/** Announces a change of a server group to its project. */
export const serverGroupChanged = (
  tx: Pick<MutationTx, 'event'>,
  change: 'created' | 'deleted',
  row: ServerGroupRow,
): void =>
  tx.event({
    noun: 'server-group',
    change,
    id: row.id,
    audience: { kind: 'project', projectId: row.projectId },
    data: change === 'deleted' ? null : wireRow(row),
  })
