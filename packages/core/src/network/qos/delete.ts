import { z } from 'zod'
import { conflict, defineVerb, mutate } from '../../kernel/index.ts'
import { idField } from '../networks/input.ts'
import { lockQosPolicy, qosAudience } from './row.ts'

/** Deletes a policy that nothing has. @throws NephosError not_found, forbidden, or conflict naming what has it */
export const deleteQosPolicy = defineVerb({
  name: 'network.qosPolicies.delete',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: idField }),
  run: ({ ctx, input: { id } }): Promise<{ id: string }> =>
    mutate(ctx, async (tx) => {
      const policy = await lockQosPolicy(ctx, tx, id)
      const networks = await tx.db.network.count({ where: { qosPolicyId: id } })
      const ports = await tx.db.port.count({ where: { qosPolicyId: id } })
      if (networks + ports > 0) {
        const parts = [
          networks > 0 ? `${networks} ${networks === 1 ? 'network' : 'networks'}` : '',
          ports > 0 ? `${ports} ${ports === 1 ? 'port' : 'ports'}` : '',
        ].filter((part) => part !== '')
        throw conflict(`The QoS policy ${policy.name} is in use by ${parts.join(' and ')}.`, {
          remedy: 'Give them another policy, or none, first.',
          detail: { reason: 'qos_policy_in_use', networks, ports },
        })
      }
      await tx.db.qosPolicy.delete({ where: { id } })
      tx.audit({
        verb: 'network.qosPolicies.delete',
        resourceType: 'qos-policy',
        resourceId: id,
        resourceName: policy.name,
        projectId: policy.projectId,
      })
      tx.event({ noun: 'qos_policy', change: 'deleted', id, audience: qosAudience(policy), data: null })
      return { id }
    }),
})
