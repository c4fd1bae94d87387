import { z } from 'zod'
import { description, displayName } from '../../compute/names.ts'
import { defineVerb, mutate } from '../../kernel/index.ts'
import { idField } from '../networks/input.ts'
import { makeDefault, refuseForeignUse, requireSharing } from './choices.ts'
import { announceQosPolicy, lockQosPolicy, type QosPolicyRow, qosAudience } from './row.ts'

/**
 * Renames a policy, shares it, or makes it the one that new networks of its project get.
 * @throws NephosError not_found, forbidden, or conflict when others use what is to be private
 */
export const updateQosPolicy = defineVerb({
  name: 'network.qosPolicies.update',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({
    id: idField,
    name: displayName.optional(),
    description: description.optional(),
    shared: z.boolean().optional(),
    isDefault: z.boolean().optional(),
  }),
  run: ({ ctx, input: { id, isDefault, ...changes } }): Promise<QosPolicyRow> =>
    mutate(ctx, async (tx) => {
      const before = await lockQosPolicy(ctx, tx, id)
      requireSharing(ctx, changes.shared, before.shared)
      const ends = changes.shared === false && before.shared
      if (ends) await refuseForeignUse(tx.db, before)
      await tx.db.qosPolicy.updateMany({
        where: { id },
        data: { ...changes, ...(isDefault === false && { defaultOf: null }) },
      })
      if (isDefault) await makeDefault(tx, before)
      tx.audit({
        verb: 'network.qosPolicies.update',
        resourceType: 'qos-policy',
        resourceId: id,
        resourceName: changes.name ?? before.name,
        projectId: before.projectId,
        detail: JSON.parse(JSON.stringify({ ...changes, isDefault })),
      })
      // For the other projects it is gone.
      if (ends)
        tx.event({ noun: 'qos_policy', change: 'deleted', id, audience: qosAudience(before), data: null })
      return announceQosPolicy(tx, id)
    }),
})
