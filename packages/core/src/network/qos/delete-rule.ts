import { z } from 'zod'
import { defineVerb, mutate } from '../../kernel/index.ts'
import { idField } from '../networks/input.ts'
import { lockQosRule } from './change-rule.ts'
import { announceQosPolicy, type QosPolicyRow } from './row.ts'

/** Takes a rule from its policy, at once. @returns the policy @throws NephosError not_found, forbidden */
export const deleteQosRule = defineVerb({
  name: 'network.qosRules.delete',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: idField }),
  run: ({ ctx, input: { id } }): Promise<QosPolicyRow> =>
    mutate(ctx, async (tx) => {
      const { policy, rule } = await lockQosRule(ctx, tx, id)
      await tx.db.qosRule.delete({ where: { id } })
      tx.audit({
        verb: 'network.qosRules.delete',
        resourceType: 'qos-policy',
        resourceId: policy.id,
        resourceName: policy.name,
        projectId: policy.projectId,
        detail: { ruleId: id, type: rule.type, direction: rule.direction },
      })
      return announceQosPolicy(tx, policy.id)
    }),
})
