import type { Filter } from './filter.ts'

/** The host is in the zone that was asked for, if one was. */
export const availabilityZoneFilter: Filter = {
  name: 'availability-zone',
  noun: 'hosts in the availability zone',
  prepare: ({ zone: wanted }) =>
    wanted === null
      ? null
      : {
          need: wanted,
          passes: ({ zone }) => zone === wanted,
          have: ({ zone }) => zone,
          reason: ({ zone }) => `in zone ${zone}, ${wanted} needed`,
        },
}
