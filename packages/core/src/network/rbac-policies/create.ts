import { type Network, newId, type Tx } from '@nephos/db'
import { z } from 'zod'
import {
  type Ctx,
  conflict,
  defineVerb,
  invalid,
  isAdmin,
  mutate,
  NephosError,
  takeQuota,
} from '../../kernel/index.ts'
import { lockNetwork } from '../networks/access.ts'
import { idField } from '../networks/input.ts'
import { announceNetwork } from '../networks/row.ts'
import { everyProject, type ShareAction, shareActions } from '../networks/shares.ts'
import { announcePolicy, policyParts, policyRow, type RbacPolicyRow } from './row.ts'

/** What `network.rbacPolicies.create` takes. */
export const createRbacPolicyInput = z.object({
  networkId: idField,
  /** access_as_external is for administrators. */
  action: z.enum(shareActions).default('access_as_shared'),
  /** Id of a project; `*`, every one, is for administrators. */
  targetProject: z.string().trim().min(1, 'Name the project.').max(64),
})

/**
 * Gives a network of the project to another project, which uses it from now on as one that is shared with everybody.
 * @throws NephosError not_found, forbidden for choices of administrators, invalid_input for a project that there is
 * not, conflict when it is given already, quota_exceeded
 */
export const createRbacPolicy = defineVerb({
  name: 'network.rbacPolicies.create',
  kind: 'mutation',
  rule: { scope: 'project', role: 'member' },
  input: createRbacPolicyInput,
  run: ({ ctx, input }): Promise<RbacPolicyRow> =>
    mutate(ctx, async (tx) => {
      const { networkId, action, targetProject } = input
      const network = await lockNetwork(ctx, tx.db, networkId)
      refuseChoices(ctx, action, targetProject)
      await refuseTarget(tx.db, network, targetProject)
      const known = network.shares.some((one) => one.action === action && one.targetProject === targetProject)
      if (known)
        throw conflict(`The network ${network.name} is given to this project already.`, {
          field: 'targetProject',
        })
      const policy = await tx.db.networkRbac.create({
        data: { id: newId(), networkId, projectId: network.projectId, action, targetProject },
        include: policyParts,
      })
      const becomes =
        action === 'access_as_external'
          ? { external: true }
          : targetProject === everyProject
            ? { shared: true }
            : {}
      if (Object.keys(becomes).length > 0)
        await tx.db.network.update({ where: { id: networkId }, data: becomes })
      const row = policyRow(policy)
      tx.audit({
        verb: 'network.rbacPolicies.create',
        resourceType: 'network',
        resourceId: networkId,
        resourceName: network.name,
        projectId: network.projectId,
        detail: { policyId: policy.id, action, targetProject },
      })
      announcePolicy(tx, 'created', policy, row)
      await announceNetwork(tx, networkId, 'updated')
      if (targetProject !== everyProject) await takeQuota(tx.db, network.projectId, { rbac_policies: 1 })
      return row
    }),
})

function refuseChoices(ctx: Ctx, action: ShareAction, targetProject: string): void {
  if (isAdmin(ctx.actor)) return
  if (targetProject === everyProject)
    throw new NephosError('forbidden', 'Only an administrator can share a network with every project.', {
      field: 'targetProject',
      remedy: 'Name one project.',
    })
  if (action === 'access_as_external')
    throw new NephosError('forbidden', 'Only an administrator can give a network as a way out.', {
      field: 'action',
      remedy: 'Leave it out to share the network itself.',
    })
}

async function refuseTarget(db: Tx, network: Network, target: string): Promise<void> {
  if (target === network.projectId)
    throw invalid(
      'targetProject',
      `The network ${network.name} belongs to this project.`,
      'Name another one.',
    )
  if (target !== everyProject && (await db.project.count({ where: { id: target } })) === 0)
    throw invalid('targetProject', `No project ${target} was found.`, 'Give the ID of a project.')
}
