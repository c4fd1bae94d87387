import { z } from 'zod'
import { defineVerb, notFound, reader } from '../../kernel/index.ts'
import { idField } from '../networks/input.ts'
import { policyParts, policyRow, type RbacPolicyRow, visiblePolicies } from './row.ts'

/** One policy of a network of the project. @throws NephosError not_found */
export const showRbacPolicy = defineVerb({
  name: 'network.rbacPolicies.show',
  kind: 'query',
  rule: { scope: 'project', role: 'reader' },
  input: z.object({ id: idField }),
  run: async ({ ctx, input: { id } }): Promise<RbacPolicyRow> => {
    const found = await reader(ctx).networkRbac.findFirst({
      where: { AND: [{ id }, visiblePolicies(ctx)] },
      include: policyParts,
    })
    if (!found) throw notFound('sharing policy', id)
    return policyRow(found)
  },
})
