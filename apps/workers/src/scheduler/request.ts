import type { Amounts, HostQuery, MachineOptions } from '@nephos/core'

/** Keys with a text each, as extra specs and image properties are. */
export type Texts = Readonly<Record<string, string>>

/** The server group of an instance, with where its other members are now. */
export interface GroupNeed {
  id: string
  policy: string
  /** Of anti-affinity: how many members one host may have. */
  maxPerHost: number
  /** Number of other members by host id; hosts that they are moving to count too. */
  members: ReadonlyMap<string, number>
}

/** What an instance asks of a host. RAM in MiB, disk in GiB. */
export interface PlacementRequest extends Amounts {
  projectId: string
  flavorName: string
  extraSpecs: Texts
  imageId: string | null
  imageProperties: Texts
  /** What image and flavor say of the machine that not every host can make; null: nothing. */
  machine: Pick<MachineOptions, 'firmware' | 'cpuLimits'> | null
  /** The zone that it must be in; null: any. */
  zone: string | null
  /** Name of the only host that it may go to; null: any. */
  host: string | null
  /** Names of hosts that are out of the question: tried before, or the one that it has to leave. */
  excludedHosts: readonly string[]
  group: GroupNeed | null
  /** Ids of the hosts of the instances it wants to be with; null: it does not care. */
  sameHosts: ReadonlySet<string> | null
  /** Ids of the hosts of the instances it must not be with. */
  differentHosts: ReadonlySet<string> | null
  query: HostQuery | null
}

/** A request for these amounts that asks for nothing else. */
export const plainRequest = (amounts: Amounts): PlacementRequest => ({
  ...amounts,
  projectId: '',
  flavorName: '',
  extraSpecs: {},
  imageId: null,
  imageProperties: {},
  machine: null,
  zone: null,
  host: null,
  excludedHosts: [],
  group: null,
  sameHosts: null,
  differentHosts: null,
  query: null,
})
