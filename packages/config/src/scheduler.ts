/** Filters that `scheduler_filters` chooses from. Others are always in force: compute, zone, amounts, server groups. */
export const schedulerFilters = [
  'capabilities',
  'image-properties',
  'same-host',
  'different-host',
  'aggregate-extra-specs',
  'aggregate-tenants',
  'aggregate-image-properties',
  'aggregate-flavors',
  'isolated-hosts',
  'num-instances',
  'io-ops',
  'json',
] as const
export type SchedulerFilter = (typeof schedulerFilters)[number]

/** In force unless set otherwise: what asks nothing of anybody until a flavor, an image or an aggregate says so. */
export const defaultSchedulerFilters: SchedulerFilter[] = [
  'capabilities',
  'image-properties',
  'same-host',
  'different-host',
  'aggregate-extra-specs',
  'aggregate-tenants',
  'aggregate-image-properties',
  'aggregate-flavors',
  'isolated-hosts',
]

/** Weighers, with the multiplier of each unless `scheduler_weight_…` sets another. Nova's defaults. */
export const schedulerWeights = {
  ram: 1,
  cpu: 1,
  disk: 1,
  'io-ops': -1,
  'soft-affinity': 1,
  'soft-anti-affinity': 1,
  'build-failures': -1_000_000,
  'num-instances': 0,
} as const
export type SchedulerWeigher = keyof typeof schedulerWeights
