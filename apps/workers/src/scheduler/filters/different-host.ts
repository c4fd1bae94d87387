import type { Filter } from './filter.ts'

/** The host has none of the instances that the new one must not be with. */
export const differentHostFilter: Filter = {
  name: 'different-host',
  noun: 'hosts without the instances it should be apart from',
  prepare: ({ differentHosts }) =>
    differentHosts === null
      ? null
      : {
          need: 'none of these instances',
          passes: ({ id }) => !differentHosts.has(id),
          have: ({ id }) => (differentHosts.has(id) ? 'one of them' : 'none of them'),
          reason: () => 'has an instance that it should be apart from',
        },
}
