/** A host that could do the work of routers now. */
export interface RouterHost {
  name: string
  networkDriver: string
  /** Routers whose work it does. */
  routers: number
}

/** What a router asks of its host. */
export interface RouterNeeds {
  externalNetworkId: string | null
  /** Physical network of its external network: its host must reach that. */
  physicalNetwork: string | null
}

/**
 * The host for a router: one whose networks are real where any are, one at which the external network has its door,
 * and of these the one with the fewest routers. Null when there is none.
 * @param doors names of the hosts with a door, by external network
 */
export function chooseRouterHost(
  hosts: readonly RouterHost[],
  { externalNetworkId, physicalNetwork }: RouterNeeds,
  doors: ReadonlyMap<string, ReadonlySet<string>>,
): RouterHost | null {
  const withDoor = (externalNetworkId && doors.get(externalNetworkId)) || new Set<string>()
  const able = physicalNetwork === null ? hosts : hosts.filter(({ name }) => withDoor.has(name))
  const rank = (host: RouterHost) => [
    host.networkDriver === 'linux' ? 0 : 1,
    withDoor.has(host.name) ? 0 : 1,
    host.routers,
  ]
  const [best] = [...able].sort((a, b) => {
    const [left, right] = [rank(a), rank(b)]
    const at = left.findIndex((value, index) => value !== right[index])
    return at === -1 ? (a.name < b.name ? -1 : 1) : left[at]! - right[at]!
  })
  return best ?? null
}
