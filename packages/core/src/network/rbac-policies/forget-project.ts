import { type MutationTx, returnQuota } from '../../kernel/index.ts'
import { announceNetwork } from '../networks/row.ts'
import { announcePolicy } from './row.ts'

/** Takes back every network that was given to a project that goes. */
export async function forgetShares(tx: MutationTx, projectId: string): Promise<void> {
  const policies = await tx.db.networkRbac.findMany({ where: { targetProject: projectId } })
  if (policies.length === 0) return
  await tx.db.networkRbac.deleteMany({ where: { targetProject: projectId } })
  for (const policy of policies) {
    announcePolicy(tx, 'deleted', policy, null)
    await announceNetwork(tx, policy.networkId, 'updated')
  }
  for (const owner of [...new Set(policies.map((policy) => policy.projectId))].sort())
    await returnQuota(tx.db, owner, {
      rbac_policies: policies.filter((policy) => policy.projectId === owner).length,
    })
}
