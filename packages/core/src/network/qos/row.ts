import type { Prisma } from '@nephos/db'
import type { Audience } from '@nephos/jobs'
import {
  type Ctx,
  isAdmin,
  type MutationTx,
  NephosError,
  notFound,
  requireProject,
} from '../../kernel/index.ts'
import type { QosRuleType } from './rule-input.ts'

/** What is read of a rule. */
export const qosRuleSelect = {
  id: true,
  type: true,
  direction: true,
  maxKbps: true,
  maxBurstKbps: true,
  dscpMark: true,
} as const satisfies Prisma.QosRuleSelect

/** What is read of a policy for its row. */
export const qosPolicySelect = {
  id: true,
  projectId: true,
  name: true,
  description: true,
  shared: true,
  defaultOf: true,
  generation: true,
  createdAt: true,
  updatedAt: true,
  rules: { select: qosRuleSelect, orderBy: [{ type: 'asc' }, { direction: 'asc' }] },
} as const satisfies Prisma.QosPolicySelect
type QosPolicyRecord = Prisma.QosPolicyGetPayload<{ select: typeof qosPolicySelect }>

/** One thing that a policy does to its ports. */
export interface QosRuleRow {
  id: string
  type: QosRuleType
  /** egress: what the port sends; ingress: what it receives. */
  direction: 'egress' | 'ingress'
  /** kbit/s; null unless it is a limit. */
  maxKbps: number | null
  /** kbit; 0: 80 % of what passes in a second. */
  maxBurstKbps: number | null
  dscpMark: number | null
}

/** How fast ports may send and receive, as lists and events have it. */
export interface QosPolicyRow {
  id: string
  projectId: string
  name: string
  description: string
  /** Every project may use it. */
  shared: boolean
  /** New networks of its project get it. */
  isDefault: boolean
  rules: QosRuleRow[]
  generation: number
  createdAt: Date
  updatedAt: Date
}

/** The list row. */
export const qosPolicyRow = ({ defaultOf, rules, ...record }: QosPolicyRecord): QosPolicyRow => ({
  ...record,
  isDefault: defaultOf !== null,
  rules: rules.map((rule) => ({
    ...rule,
    type: rule.type as QosRuleType,
    direction: rule.direction as QosRuleRow['direction'],
  })),
})

/** The policies that a project may use. */
export const usableQosPolicies = (projectId: string): Prisma.QosPolicyWhereInput => ({
  OR: [{ projectId }, { shared: true }],
})

/** The policies an actor sees: those of the project and shared ones, all of them for an administrator. */
export const visibleQosPolicies = (ctx: Ctx): Prisma.QosPolicyWhereInput =>
  isAdmin(ctx.actor) ? {} : usableQosPolicies(requireProject(ctx).id)

/**
 * Locks a policy for a change of it or of its rules, until the transaction ends. Call it before any read.
 * @throws NephosError not_found, or forbidden for a shared policy of another project
 */
export async function lockQosPolicy(ctx: Ctx, tx: MutationTx, id: string): Promise<QosPolicyRow> {
  await tx.db.qosPolicy.updateMany({
    where: { AND: [{ id }, visibleQosPolicies(ctx)] },
    data: { generation: { increment: 1 } },
  })
  const record = await tx.db.qosPolicy.findFirst({
    where: { AND: [{ id }, visibleQosPolicies(ctx)] },
    select: qosPolicySelect,
  })
  if (!record) throw notFound('QoS policy', id)
  requireOwn(ctx, record)
  return qosPolicyRow(record)
}

function requireOwn(ctx: Ctx, { projectId, name }: { projectId: string; name: string }): void {
  if (isAdmin(ctx.actor) || requireProject(ctx).id === projectId) return
  throw new NephosError('forbidden', `The QoS policy ${name} belongs to another project.`, {
    remedy: 'It can be used, but only its owner can change it.',
  })
}

/** Who may see changes of the policy. */
export const qosAudience = ({ shared, projectId }: { shared: boolean; projectId: string }): Audience =>
  shared ? { kind: 'everyone' } : { kind: 'project', projectId }

/** Announces a policy as it is now. Hosts read the rules that they need themselves. */
export async function announceQosPolicy(
  tx: MutationTx,
  id: string,
  change: 'created' | 'updated' = 'updated',
): Promise<QosPolicyRow> {
  const row = qosPolicyRow(
    await tx.db.qosPolicy.findUniqueOrThrow({ where: { id }, select: qosPolicySelect }),
  )
  tx.event({ noun: 'qos_policy', change, id, audience: qosAudience(row), data: row })
  return row
}
