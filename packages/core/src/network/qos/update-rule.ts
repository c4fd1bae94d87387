import { z } from 'zod'
import { defineVerb, mutate } from '../../kernel/index.ts'
import { idField } from '../networks/input.ts'
import { lockQosRule } from './change-rule.ts'
import { announceQosPolicy, type QosPolicyRow } from './row.ts'
import { planQosRule, qosRuleChanges } from './rule-input.ts'

/**
 * Changes the rate, burst or mark of a rule. It holds for running instances at once.
 * @returns the policy
 * @throws NephosError not_found, forbidden, invalid_input for a field that rules of its type do not have
 */
export const updateQosRule = defineVerb({
  name: 'network.qosRules.update',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: idField, ...qosRuleChanges }),
  run: ({ ctx, input: { id, ...changes } }): Promise<QosPolicyRow> =>
    mutate(ctx, async (tx) => {
      const { policy, rule } = await lockQosRule(ctx, tx, id)
      const planned = planQosRule({
        type: rule.type,
        direction: rule.direction,
        maxKbps: changes.maxKbps ?? rule.maxKbps ?? undefined,
        maxBurstKbps: changes.maxBurstKbps ?? rule.maxBurstKbps ?? undefined,
        dscpMark: changes.dscpMark ?? rule.dscpMark ?? undefined,
      })
      await tx.db.qosRule.update({ where: { id }, data: planned })
      tx.audit({
        verb: 'network.qosRules.update',
        resourceType: 'qos-policy',
        resourceId: policy.id,
        resourceName: policy.name,
        projectId: policy.projectId,
        detail: { ruleId: id, ...changes },
      })
      return announceQosPolicy(tx, policy.id)
    }),
})
