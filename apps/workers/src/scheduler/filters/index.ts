import type { SchedulerFilter } from '@nephos/config'
import { aggregateExtraSpecsFilter } from './aggregate-extra-specs.ts'
import { aggregateFlavorsFilter } from './aggregate-flavors.ts'
import { aggregateImagePropertiesFilter } from './aggregate-image-properties.ts'
import { aggregateTenantsFilter } from './aggregate-tenants.ts'
import { availabilityZoneFilter } from './availability-zone.ts'
import { capabilitiesFilter } from './capabilities.ts'
import { computeFilter } from './compute.ts'
import { differentHostFilter } from './different-host.ts'
import { diskFilter } from './disk.ts'
import type { Filter } from './filter.ts'
import { imagePropertiesFilter } from './image-properties.ts'
import { ioOpsFilter } from './io-ops.ts'
import { isolatedHostsFilter } from './isolated-hosts.ts'
import { jsonFilter } from './json.ts'
import { numInstancesFilter } from './num-instances.ts'
import { ramFilter } from './ram.ts'
import { requestedHostFilter } from './requested-host.ts'
import { retryFilter } from './retry.ts'
import { sameHostFilter } from './same-host.ts'
import { serverGroupAffinityFilter } from './server-group-affinity.ts'
import { serverGroupAntiAffinityFilter } from './server-group-anti-affinity.ts'
import { vcpusFilter } from './vcpus.ts'

/** What no setting turns off: what a claim checks again, and what would otherwise place instances where nothing works. */
const always: readonly Filter[] = [
  computeFilter,
  retryFilter,
  requestedHostFilter,
  availabilityZoneFilter,
  vcpusFilter,
  ramFilter,
  diskFilter,
  serverGroupAffinityFilter,
  serverGroupAntiAffinityFilter,
]

/** What `scheduler_filters` chooses from. */
const optional: Record<SchedulerFilter, Filter> = {
  capabilities: capabilitiesFilter,
  'image-properties': imagePropertiesFilter,
  'same-host': sameHostFilter,
  'different-host': differentHostFilter,
  'aggregate-extra-specs': aggregateExtraSpecsFilter,
  'aggregate-tenants': aggregateTenantsFilter,
  'aggregate-image-properties': aggregateImagePropertiesFilter,
  'aggregate-flavors': aggregateFlavorsFilter,
  'isolated-hosts': isolatedHostsFilter,
  'num-instances': numInstancesFilter,
  'io-ops': ioOpsFilter,
  json: jsonFilter,
}

/** The filters in force, in the order in which the table of verdicts shows them. */
export const filtersOf = (chosen: readonly SchedulerFilter[]): Filter[] => [
  ...always,
  ...chosen.map((name) => optional[name]),
]
