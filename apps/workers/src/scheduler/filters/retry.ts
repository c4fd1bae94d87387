import type { Filter } from './filter.ts'

/** The host was not tried before, and is not the one that the instance has to leave. */
export const retryFilter: Filter = {
  name: 'retry',
  noun: 'hosts that were not tried yet',
  prepare: ({ excludedHosts }) =>
    excludedHosts.length === 0
      ? null
      : {
          need: 'not tried',
          passes: ({ name }) => !excludedHosts.includes(name),
          have: ({ name }) => (excludedHosts.includes(name) ? 'tried' : 'not tried'),
          reason: () => 'tried before, or the host it has to leave',
        },
}
