import type { Filter } from './filter.ts'

/** The host has one of the instances that the new one wants to be with. */
export const sameHostFilter: Filter = {
  name: 'same-host',
  noun: 'hosts of the instances it should be with',
  prepare: ({ sameHosts }) =>
    sameHosts === null
      ? null
      : {
          need: 'one of these instances',
          passes: ({ id }) => sameHosts.has(id),
          have: ({ id }) => (sameHosts.has(id) ? 'one of them' : 'none of them'),
          reason: () => 'has none of the instances it should be with',
        },
}
