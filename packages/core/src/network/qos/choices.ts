import type { Tx } from '@nephos/db'
import { type Ctx, conflict, invalid, isAdmin, type MutationTx, NephosError } from '../../kernel/index.ts'
import { announceQosPolicy, usableQosPolicies } from './row.ts'

/** Refuses to share, or to end it, for those who are no administrators. @throws NephosError forbidden */
export function requireSharing(ctx: Ctx, shared: boolean | undefined, before: boolean): void {
  if (shared === undefined || shared === before || isAdmin(ctx.actor)) return
  throw new NephosError('forbidden', 'Only an administrator can share a policy with every project.', {
    field: 'shared',
    remedy: 'Leave "shared" as it is.',
  })
}

/** Makes a policy the one that new networks of its project get; the former one is announced. */
export async function makeDefault(
  tx: MutationTx,
  { id, projectId }: { id: string; projectId: string },
): Promise<void> {
  const former = await tx.db.qosPolicy.findUnique({ where: { defaultOf: projectId }, select: { id: true } })
  if (former?.id === id) return
  if (former) {
    await tx.db.qosPolicy.updateMany({
      where: { id: former.id },
      data: { defaultOf: null, generation: { increment: 1 } },
    })
    await announceQosPolicy(tx, former.id)
  }
  await tx.db.qosPolicy.update({ where: { id }, data: { defaultOf: projectId } })
}

/**
 * The policy that a network or a port is to have, locked: it cannot be deleted until the transaction ends.
 * @param projectId of the network or port
 * @param asked null: none
 * @throws NephosError invalid_input for one that the project cannot use
 */
export async function chooseQosPolicy(
  db: Tx,
  projectId: string,
  asked: string | null,
): Promise<string | null> {
  if (asked === null) return null
  const { count } = await db.qosPolicy.updateMany({
    where: { AND: [{ id: asked }, usableQosPolicies(projectId)] },
    data: { generation: { increment: 1 } },
  })
  if (count === 0)
    throw invalid('qosPolicyId', `No QoS policy ${asked} was found.`, 'Choose one of the listed policies.')
  return asked
}

/** The policy that a new network gets: the one that was asked for, or the default of its project. */
export async function policyOfNewNetwork(
  db: Tx,
  projectId: string,
  asked: string | null | undefined,
): Promise<string | null> {
  if (asked !== undefined) return chooseQosPolicy(db, projectId, asked)
  const found = await db.qosPolicy.findUnique({ where: { defaultOf: projectId }, select: { id: true } })
  return found ? chooseQosPolicy(db, projectId, found.id) : null
}

/**
 * Refuses another limit for a port than its network has, for those who do not own the network.
 * @throws NephosError forbidden
 */
export function refuseOtherLimits(
  ctx: Ctx,
  network: { projectId: string; name: string; qosPolicyId: string | null },
  projectId: string,
): void {
  if (isAdmin(ctx.actor) || network.projectId === projectId || network.qosPolicyId === null) return
  throw new NephosError('forbidden', `The owner of the network ${network.name} limits its ports.`, {
    field: 'qosPolicyId',
    remedy: 'Leave "qosPolicyId" out.',
  })
}

/** Refuses to end sharing while others use the policy. @throws NephosError conflict */
export async function refuseForeignUse(
  db: Tx,
  { id, name, projectId }: { id: string; name: string; projectId: string },
): Promise<void> {
  const foreign = { qosPolicyId: id, projectId: { not: projectId } }
  const [networks, ports] = [
    await db.network.count({ where: foreign }),
    await db.port.count({ where: foreign }),
  ]
  if (networks + ports > 0)
    throw conflict(`Other projects use the QoS policy ${name}.`, {
      field: 'shared',
      remedy: 'It can be private again when they have taken it off their networks and ports.',
      detail: { reason: 'used_by_other_projects', networks, ports },
    })
}
