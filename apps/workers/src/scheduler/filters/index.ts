import { availabilityZoneFilter } from './availability-zone.ts'
import { computeFilter } from './compute.ts'
import { diskFilter } from './disk.ts'
import type { Filter } from './filter.ts'
import { ramFilter } from './ram.ts'
import { retryFilter } from './retry.ts'
import { vcpusFilter } from './vcpus.ts'

/** Every filter, in the order in which the table of verdicts shows them. */
export const filters: readonly Filter[] = [
  computeFilter,
  retryFilter,
  availabilityZoneFilter,
  vcpusFilter,
  ramFilter,
  diskFilter,
]
