import { type NeighbourRows, storedHints, type Waiting } from '@nephos/core'
import type { GroupNeed, PlacementRequest } from './request.ts'

interface Group {
  id: string
  policy: string
  maxPerHost: number
  /** Ids of members by the host that they are on, or moving to. */
  places: Map<string, Set<string>>
}

/** Of an instance: what its neighbours depend on. */
type Placed = Pick<Waiting['record'], 'id' | 'projectId' | 'serverGroupId' | 'hints'>

/** Where other instances are that matter to those of a batch, with what the batch itself has decided so far. */
export class Neighbours {
  readonly #groups: Map<string, Group>
  readonly #places: NeighbourRows['places']

  constructor({ groups, places }: NeighbourRows) {
    this.#groups = new Map(groups.map((group) => [group.id, { ...group, places: new Map() }]))
    this.#places = places
    for (const { serverGroupId, instanceId, hostId } of places) this.#join(serverGroupId, instanceId, hostId)
  }

  /** Adds one that the batch has found a place for. */
  add({ id, projectId, serverGroupId }: Placed, hostId: string): void {
    this.#join(serverGroupId, id, hostId)
    this.#places.push({ instanceId: id, hostId, projectId, serverGroupId })
  }

  /** The part of a request that depends on others. Instances do not count themselves, nor those of other projects. */
  needs(record: Placed): Pick<PlacementRequest, 'group' | 'sameHosts' | 'differentHosts'> {
    const hints = storedHints(record.hints)
    const hostsOf = (ids: readonly string[]) =>
      new Set(
        this.#places.flatMap(({ instanceId, projectId, hostId }) =>
          ids.includes(instanceId) && projectId === record.projectId ? [hostId] : [],
        ),
      )
    return {
      group: this.group(record),
      sameHosts: hints.same_host ? hostsOf(hints.same_host) : null,
      differentHosts: hints.different_host ? hostsOf(hints.different_host) : null,
    }
  }

  /** The group of an instance with its other members. */
  group({ id: instanceId, serverGroupId }: Pick<Placed, 'id' | 'serverGroupId'>): GroupNeed | null {
    const group = serverGroupId ? this.#groups.get(serverGroupId) : undefined
    if (!group) return null
    const members = new Map<string, number>()
    for (const [hostId, ids] of group.places) {
      const others = ids.size - (ids.has(instanceId) ? 1 : 0)
      if (others > 0) members.set(hostId, others)
    }
    return { id: group.id, policy: group.policy, maxPerHost: group.maxPerHost, members }
  }

  #join(groupId: string | null, instanceId: string, hostId: string): void {
    const group = groupId ? this.#groups.get(groupId) : undefined
    if (group) group.places.set(hostId, (group.places.get(hostId) ?? new Set()).add(instanceId))
  }
}
