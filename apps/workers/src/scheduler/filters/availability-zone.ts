import type { Filter } from './filter.ts'

/** The host is in the zone that was asked for, if one was. */
export const availabilityZoneFilter: Filter = {
  name: 'availability-zone',
  noun: 'hosts in the availability zone',
  check: (host, { zone }) => {
    const pass = zone === null || zone === host.zone
    return {
      pass,
      have: host.zone,
      need: zone ?? 'any',
      reason: pass ? '' : `in zone ${host.zone}, ${zone} needed`,
    }
  },
}
