import type { Db, ServerGroup, Tx } from '@nephos/db'
import { storedHints } from './hints.ts'
import type { PlacementRecord } from './waiting.ts'

/** Where other instances are that matter to those that are to be placed. A move counts at both of its ends. */
export interface NeighbourRows {
  groups: Pick<ServerGroup, 'id' | 'policy' | 'maxPerHost'>[]
  places: { instanceId: string; hostId: string; projectId: string; serverGroupId: string | null }[]
}

/** Reads the server groups and the instances that the records name. Two queries, or none where they name none. */
export async function readNeighbours(
  db: Db | Tx,
  records: readonly Pick<PlacementRecord, 'serverGroupId' | 'hints'>[],
): Promise<NeighbourRows> {
  const groupIds = [...new Set(records.flatMap(({ serverGroupId }) => serverGroupId ?? []))]
  const instanceIds = [
    ...new Set(
      records.flatMap(({ hints: json }) => {
        const hints = storedHints(json)
        return [...(hints.same_host ?? []), ...(hints.different_host ?? [])]
      }),
    ),
  ]
  if (groupIds.length === 0 && instanceIds.length === 0) return { groups: [], places: [] }
  const [groups, places] = await Promise.all([
    groupIds.length === 0
      ? []
      : db.serverGroup.findMany({
          where: { id: { in: groupIds } },
          select: { id: true, policy: true, maxPerHost: true },
        }),
    readPlaces(db, groupIds, instanceIds),
  ])
  return { groups, places }
}

/** Where the members of the groups are, and the instances. */
export async function readPlaces(
  db: Db | Tx,
  groupIds: readonly string[],
  instanceIds: readonly string[] = [],
): Promise<NeighbourRows['places']> {
  const rows = await db.allocation.findMany({
    where: {
      OR: [{ instanceId: { in: [...instanceIds] } }, { instance: { serverGroupId: { in: [...groupIds] } } }],
    },
    select: {
      hostId: true,
      instanceId: true,
      instance: { select: { projectId: true, serverGroupId: true } },
    },
  })
  return rows.map(({ hostId, instanceId, instance }) => ({ hostId, instanceId, ...instance }))
}
