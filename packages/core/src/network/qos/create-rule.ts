import { newId } from '@nephos/db'
import { conflict, defineVerb, mutate } from '../../kernel/index.ts'
import { idField } from '../networks/input.ts'
import { requireRateLimits } from './enforcement.ts'
import { announceQosPolicy, lockQosPolicy, type QosPolicyRow } from './row.ts'
import { planQosRule, qosRuleInput } from './rule-input.ts'

/**
 * Adds a rule to a policy. It holds for running instances at once.
 * @returns the policy
 * @throws NephosError not_found, forbidden, invalid_input naming the field, conflict when the policy has one of its kind
 */
export const createQosRule = defineVerb({
  name: 'network.qosRules.create',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: qosRuleInput.extend({ policyId: idField }),
  run: ({ ctx, input: { policyId, ...wish } }): Promise<QosPolicyRow> =>
    mutate(ctx, async (tx) => {
      const policy = await lockQosPolicy(ctx, tx, policyId)
      const rule = planQosRule(wish)
      if (policy.rules.some((one) => one.type === rule.type && one.direction === rule.direction))
        throw conflict(`The QoS policy ${policy.name} has such a rule already.`, {
          field: 'direction',
          remedy: 'Change that rule, or remove it first.',
        })
      await requireRateLimits(tx.db)
      const id = newId()
      await tx.db.qosRule.create({ data: { id, policyId, ...rule } })
      tx.audit({
        verb: 'network.qosRules.create',
        resourceType: 'qos-policy',
        resourceId: policyId,
        resourceName: policy.name,
        projectId: policy.projectId,
        detail: { ruleId: id, ...rule },
      })
      return announceQosPolicy(tx, policyId)
    }),
})
