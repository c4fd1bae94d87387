import type { NetworkRbac, Prisma } from '@nephos/db'
import { type Ctx, isAdmin, type MutationTx, requireProject } from '../../kernel/index.ts'
import type { ShareAction } from '../networks/shares.ts'

/** That a network is given to a project besides its own, as lists and events have it. */
export interface RbacPolicyRow {
  id: string
  networkId: string
  networkName: string
  /** Whose network it is. */
  projectId: string
  /** access_as_shared: ports on it. access_as_external: gateways of routers on it, and floating IPs of it. */
  action: ShareAction
  /** The project that it is given to, or `*` for every one. */
  targetProject: string
  createdAt: Date
}

/** What to read with a policy to make its row. */
export const policyParts = {
  network: { select: { name: true } },
} as const satisfies Prisma.NetworkRbacInclude

/** The row of a policy read with {@link policyParts}. */
export const policyRow = (policy: NetworkRbac & { network: { name: string } }): RbacPolicyRow => ({
  id: policy.id,
  networkId: policy.networkId,
  networkName: policy.network.name,
  projectId: policy.projectId,
  action: policy.action as ShareAction,
  targetProject: policy.targetProject,
  createdAt: policy.createdAt,
})

/** The policies an actor sees: those of the project's own networks, and all of them for an administrator. */
export const visiblePolicies = (ctx: Ctx): Prisma.NetworkRbacWhereInput =>
  isAdmin(ctx.actor) ? {} : { projectId: requireProject(ctx).id }

/** Announces a policy to the owner of the network. */
export const announcePolicy = (
  tx: MutationTx,
  change: 'created' | 'deleted',
  policy: Pick<NetworkRbac, 'id' | 'projectId'>,
  row: RbacPolicyRow | null,
): void =>
  tx.event({
    noun: 'rbac_policy',
    change,
    id: policy.id,
    audience: { kind: 'project', projectId: policy.projectId },
    data: row,
  })
