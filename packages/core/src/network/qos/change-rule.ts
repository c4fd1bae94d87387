import { type Ctx, type MutationTx, notFound } from '../../kernel/index.ts'
import { lockQosPolicy, type QosPolicyRow, type QosRuleRow, visibleQosPolicies } from './row.ts'

/**
 * A rule with its policy, which is locked until the transaction ends.
 * @throws NephosError not_found, or forbidden for a shared policy of another project
 */
export async function lockQosRule(
  ctx: Ctx,
  tx: MutationTx,
  id: string,
): Promise<{ policy: QosPolicyRow; rule: QosRuleRow }> {
  const found = await tx.db.qosRule.findFirst({
    where: { id, policy: visibleQosPolicies(ctx) },
    select: { policyId: true },
  })
  if (!found) throw notFound('QoS rule', id)
  const policy = await lockQosPolicy(ctx, tx, found.policyId)
  const rule = policy.rules.find((one) => one.id === id)
  if (!rule) throw notFound('QoS rule', id)
  return { policy, rule }
}
