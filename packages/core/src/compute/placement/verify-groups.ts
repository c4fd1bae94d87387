import type { MutationTx } from '../../kernel/index.ts'
import type { Decision } from './claim.ts'
import { readPlaces } from './neighbours.ts'

/** Thrown inside a claim when another one has put members of a server group where this one may not put its own. */
export class GroupViolated extends Error {
  constructor() {
    super('the members of a server group were placed by others in between')
    this.name = 'GroupViolated'
  }
}

/** Server group of an instance as a decision knows it. */
export interface DecidedGroup {
  id: string
  policy: string
  maxPerHost: number
}

const isHard = ({ group }: Decision) => group?.policy === 'affinity' || group?.policy === 'anti-affinity'

/**
 * Puts claims on affinity groups in a row: whoever comes second waits here for the commit of the first, and then sees
 * where it went. Anti-affinity needs none: two claims that could violate it meet on the host. Call it before anything
 * else is written.
 */
export async function queueForGroups(tx: MutationTx, decisions: readonly Decision[]): Promise<void> {
  const ids = decisions.flatMap(({ group }) => (group?.policy === 'affinity' ? [group.id] : []))
  for (const id of [...new Set(ids)].sort())
    await tx.db.serverGroup.updateMany({ where: { id }, data: { updatedAt: new Date() } })
}

/**
 * Checks that no hard policy is violated by what is being claimed, in sight of every claim that has committed. Call it
 * after the hosts' usage was written.
 * @throws GroupViolated
 */
export async function verifyGroups(
  tx: MutationTx,
  placed: readonly { decision: Decision; host: { id: string } }[],
): Promise<void> {
  const bound = placed.filter(({ decision }) => isHard(decision))
  if (bound.length === 0) return
  const groupIds = [...new Set(bound.flatMap(({ decision }) => decision.group?.id ?? []))]
  const places = await readPlaces(tx.db, groupIds)
  for (const groupId of groupIds) {
    const own = bound.filter(({ decision }) => decision.group?.id === groupId)
    const moving = new Set(own.map(({ decision }) => decision.record.id))
    const others = places.filter((place) => place.serverGroupId === groupId && !moving.has(place.instanceId))
    const { policy, maxPerHost } = own[0]!.decision.group!
    for (const { host } of own) {
      const there = (rows: readonly { hostId: string }[]) =>
        rows.filter((row) => row.hostId === host.id).length
      const claimed = own.map((each) => ({ hostId: each.host.id }))
      const fits =
        policy === 'anti-affinity'
          ? there(others) + there(claimed) <= maxPerHost
          : others.length > 0
            ? there(others) > 0
            : there(claimed) === own.length
      if (!fits) throw new GroupViolated()
    }
  }
}
