import type { Filter } from './filter.ts'

/** The host was not tried before, and is not the one that the instance has to leave. */
export const retryFilter: Filter = {
  name: 'retry',
  noun: 'hosts that were not tried yet',
  check: (host, { excludedHosts }) => {
    const pass = !excludedHosts.includes(host.name)
    return {
      pass,
      have: pass ? 'not tried' : 'tried',
      need: 'not tried',
      reason: pass ? '' : 'tried before, or the host it has to leave',
    }
  },
}
