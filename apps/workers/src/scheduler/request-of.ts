import type { NephosConfig } from '@nephos/config'
import {
  amountsOf,
  type Hints,
  hostLacks,
  type MachineOptions,
  machineOptions,
  NephosError,
  parseHostQuery,
  storedHints,
  type Waiting,
  wantedFlavor,
} from '@nephos/core'
import type { FilterContext } from './filters/filter.ts'
import type { Neighbours } from './neighbours.ts'
import type { PlacementRequest, Texts } from './request.ts'

/**
 * What an instance that waits asks of a host.
 * @param mayStay whether a move that could end where it starts may do so
 */
export function requestOf(
  waiting: Waiting,
  neighbours: Pick<Neighbours, 'needs'>,
  failedHosts: readonly string[] = [],
  mayStay = true,
): PlacementRequest {
  const { record, migration, purpose } = waiting
  const flavor = wantedFlavor(waiting)
  // A move has to leave the host that it starts from, unless its purpose and the cloud let it stay.
  const left = migration && !(purpose.mayStay && mayStay) ? [migration.sourceHost] : []
  return {
    ...amountsOf(flavor),
    projectId: record.projectId,
    flavorName: flavor.flavorName,
    extraSpecs: texts(flavor.extraSpecs),
    imageId: record.imageId,
    imageProperties: texts(record.imageProperties),
    machine: machineOf(flavor.vcpus, flavor.extraSpecs, record.imageProperties),
    zone: record.requestedZone,
    host: migration?.requestedHost ?? storedHints(record.hints).host ?? null,
    excludedHosts: [...failedHosts, ...left],
    query: queryOf(storedHints(record.hints)),
    ...neighbours.needs(record),
  }
}

/** The texts of a stored JSON object, whatever it is. */
export const texts = (json: unknown): Texts =>
  json !== null && typeof json === 'object'
    ? Object.fromEntries(Object.entries(json).map(([key, value]) => [key, String(value)]))
    : {}

/** What the machine needs that a host may lack; null for one that every host can make. */
export function machineOf(
  vcpus: number,
  extraSpecs: unknown,
  imageProperties: unknown,
): Pick<MachineOptions, 'firmware' | 'cpuLimits'> | null {
  let options: MachineOptions
  try {
    options = machineOptions({ vcpus, extraSpecs, imageProperties })
  } catch (error) {
    // It was checked when the instance was made; the driver refuses what is still wrong.
    if (error instanceof NephosError) return null
    throw error
  }
  const { firmware, cpuLimits } = options
  const nothing = hostLacks({ firmware, cpuLimits }, { uefi: false, cpuLimits: false }) === null
  return nothing ? null : { firmware, cpuLimits }
}

/** The query of the hints; one that cannot be read was refused when the instance was made. */
const queryOf = ({ query }: Hints) => (query === undefined ? null : parseHostQuery(query))

/** The circumstances of a decision now. */
export const filterContext = (config: NephosConfig, aggregateKeys: ReadonlySet<string>): FilterContext => ({
  now: Date.now(),
  serviceDownTime: config.serviceDownTime,
  maxInstancesPerHost: config.schedulerMaxInstancesPerHost,
  maxIoOpsPerHost: config.schedulerMaxIoOpsPerHost,
  isolatedHosts: config.schedulerIsolatedHosts,
  isolatedImages: config.schedulerIsolatedImages,
  aggregateKeys,
})
