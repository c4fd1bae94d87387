import { newId } from '@nephos/db'
import { z } from 'zod'
import { description, displayName } from '../../compute/names.ts'
import { defineVerb, invalid, mutate, requireProject } from '../../kernel/index.ts'
import { makeDefault, requireSharing } from './choices.ts'
import { requireRateLimits } from './enforcement.ts'
import { announceQosPolicy, type QosPolicyRow } from './row.ts'
import { planQosRule, qosRuleInput } from './rule-input.ts'

/** What `network.qosPolicies.create` takes. */
export const createQosPolicyInput = z.object({
  name: displayName,
  description: description.default(''),
  /** Every project may use it; administrators only. */
  shared: z.boolean().default(false),
  /** New networks of the project get it, in place of the policy that was the default. */
  isDefault: z.boolean().default(false),
  rules: z
    .array(qosRuleInput)
    .max(3, 'A policy has at most a limit in each direction and a mark.')
    .default([]),
})

/**
 * Makes a QoS policy. It holds for nothing until a network or a port is given it.
 * @throws NephosError invalid_input naming the rule, forbidden when sharing without the right
 */
export const createQosPolicy = defineVerb({
  name: 'network.qosPolicies.create',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: createQosPolicyInput,
  run: ({ ctx, input: { rules, isDefault, ...fields } }): Promise<QosPolicyRow> => {
    const { id: projectId } = requireProject(ctx)
    requireSharing(ctx, fields.shared, false)
    const planned = rules.map((rule, index) => planQosRule(rule, `rules.${index}.`))
    const double = planned.findIndex((rule, index) =>
      planned.slice(0, index).some((one) => one.type === rule.type && one.direction === rule.direction),
    )
    if (double >= 0)
      throw invalid(`rules.${double}`, 'A policy has one rule of a kind in each direction.', 'Leave it out.')
    return mutate(ctx, async (tx) => {
      if (planned.length > 0) await requireRateLimits(tx.db)
      const id = newId()
      await tx.db.qosPolicy.create({ data: { id, projectId, ...fields } })
      if (planned.length > 0)
        await tx.db.qosRule.createMany({
          data: planned.map((rule) => ({ id: newId(), policyId: id, ...rule })),
        })
      if (isDefault) await makeDefault(tx, { id, projectId })
      tx.audit({
        verb: 'network.qosPolicies.create',
        resourceType: 'qos-policy',
        resourceId: id,
        resourceName: fields.name,
        detail: JSON.parse(JSON.stringify({ rules, ...(fields.shared && { shared: true }) })),
      })
      return announceQosPolicy(tx, id, 'created')
    })
  },
})
