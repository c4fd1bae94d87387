import { z } from 'zod'
import { defineVerb, mutate, notFound, reader, returnQuota } from '../../kernel/index.ts'
import { lockNetwork } from '../networks/access.ts'
import { idField } from '../networks/input.ts'
import { announceNetwork } from '../networks/row.ts'
import {
  everyProject,
  networkAudience,
  refuseExternalUse,
  refuseForeignPorts,
  type SharedNetwork,
} from '../networks/shares.ts'
import { announcePolicy, visiblePolicies } from './row.ts'

/**
 * Takes a network from a project again.
 * @throws NephosError not_found, conflict while the project has ports on it, or routers and floating IPs need it
 */
export const deleteRbacPolicy = defineVerb({
  name: 'network.rbacPolicies.delete',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: z.object({ id: idField }),
  run: async ({ ctx, input: { id } }): Promise<{ id: string }> => {
    const where = { AND: [{ id }, visiblePolicies(ctx)] }
    const found = await reader(ctx).networkRbac.findFirst({ where, select: { networkId: true } })
    if (!found) throw notFound('sharing policy', id)
    return mutate(ctx, async (tx) => {
      const network = await lockNetwork(ctx, tx.db, found.networkId)
      const policy = await tx.db.networkRbac.findFirst({ where })
      if (!policy) throw notFound('sharing policy', id)
      const { action, targetProject } = policy
      const shares = network.shares.filter(
        (one) => one.action !== action || one.targetProject !== targetProject,
      )
      const stillForAll = shares.some((one) => one.action === action && one.targetProject === everyProject)
      const left = { ...network, shares }
      if (!stillForAll)
        await (action === 'access_as_shared' ? refuseForeignPorts : refuseExternalUse)(
          tx.db,
          left,
          targetProject,
          'id',
        )
      await tx.db.networkRbac.delete({ where: { id } })
      const shared = action === 'access_as_shared' && targetProject === everyProject ? false : network.shared
      if (shared !== network.shared)
        await tx.db.network.update({ where: { id: network.id }, data: { shared } })
      tx.audit({
        verb: 'network.rbacPolicies.delete',
        resourceType: 'network',
        resourceId: network.id,
        resourceName: network.name,
        projectId: network.projectId,
        detail: { policyId: id, action, targetProject },
      })
      tellWhoLost(tx, network, { ...left, shared }, targetProject)
      announcePolicy(tx, 'deleted', policy, null)
      await announceNetwork(tx, network.id, 'updated')
      if (targetProject !== everyProject) await returnQuota(tx.db, network.projectId, { rbac_policies: 1 })
      return { id }
    })
  },
})

/** For those who do not see it any more it is gone. */
function tellWhoLost(
  tx: Parameters<typeof announcePolicy>[0],
  before: SharedNetwork,
  after: SharedNetwork,
  targetProject: string,
): void {
  const gone = { noun: 'network', change: 'deleted', id: before.id, data: null } as const
  const wide = networkAudience(before)
  if (networkAudience(after).kind === 'everyone') return
  if (wide.kind === 'everyone') tx.event({ ...gone, audience: wide })
  else if (!after.shares.some((one) => one.targetProject === targetProject))
    tx.event({ ...gone, audience: { kind: 'project', projectId: targetProject } })
}
