import type { Filter } from './filter.ts'

/** The host is the one that an administrator chose. */
export const requestedHostFilter: Filter = {
  name: 'requested-host',
  noun: 'hosts of that name',
  prepare: ({ host: wanted }) =>
    wanted === null
      ? null
      : {
          need: wanted,
          passes: ({ name }) => name === wanted,
          have: ({ name }) => name,
          reason: () => `${wanted} was asked for`,
        },
}
