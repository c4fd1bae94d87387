import type { RouterOutputs } from '#trpc/client.ts'

/** All that the picture shows. */
export type Topology = RouterOutputs['network']['topology']['show']
export type TopologyNetwork = Topology['networks'][number]
export type TopologyInstance = Topology['instances'][number]
export type TopologyRouter = Topology['routers'][number]

/** An instance as it is on one network. */
export interface Member {
  instance: TopologyInstance
  portId: string
  status: string
  addresses: string[]
  floatingIps: string[]
}

/** The instances of each network, by the network's id; one on two networks is in both. */
export function membersOf(instances: readonly TopologyInstance[]): Map<string, Member[]> {
  const members = new Map<string, Member[]>()
  for (const instance of instances)
    for (const { id, networkId, ...port } of instance.ports) {
      const list = members.get(networkId) ?? []
      list.push({ instance, portId: id, ...port })
      members.set(networkId, list)
    }
  return members
}

/** Those that are on no network. */
export const looseOnes = (instances: readonly TopologyInstance[]): TopologyInstance[] =>
  instances.filter(({ ports }) => ports.length === 0)

/** How many instances are in which state: "48 running, 2 stopped". */
export function countWords(
  members: readonly Pick<Member, 'instance'>[],
  wordOf: (one: TopologyInstance) => string,
): string {
  const counts = new Map<string, number>()
  for (const { instance } of members) {
    const word = wordOf(instance).toLowerCase()
    counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([word, count]) => `${count} ${word}`)
    .join(', ')
}
