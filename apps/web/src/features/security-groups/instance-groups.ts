/** An interface of an instance, as far as groups go. */
interface GroupedPort {
  portSecurity: boolean
  securityGroups: readonly { id: string; name: string }[]
}

/** A group that an instance is in, with how many of its interfaces are. */
export interface InstanceGroup {
  id: string
  name: string
  ports: number
  /** Of how many interfaces that can be in it. */
  of: number
}

/** The groups of all interfaces together, by name. */
export function instanceGroups(ports: readonly GroupedPort[]): InstanceGroup[] {
  const of = ports.filter(({ portSecurity }) => portSecurity).length
  const groups = new Map<string, InstanceGroup>()
  for (const { securityGroups } of ports)
    for (const { id, name } of securityGroups) {
      const known = groups.get(id) ?? { id, name, ports: 0, of }
      groups.set(id, { ...known, ports: known.ports + 1 })
    }
  return [...groups.values()].sort((a, b) => a.name.localeCompare(b.name))
}

/** Why no group can be added to an instance with these interfaces, or null. */
export function joinReason(ports: readonly GroupedPort[]): string | null {
  if (ports.length === 0) return 'It has no interface.'
  return ports.some(({ portSecurity }) => portSecurity)
    ? null
    : 'Port security is off on all of its interfaces: nothing filters them.'
}
