import type { HostState } from '../host-state.ts'
import type { Filter } from './filter.ts'

/** The host is enabled, not under maintenance, and its compute worker gave a sign of life. */
export const computeFilter: Filter = {
  name: 'compute',
  noun: 'hosts that are up and enabled',
  prepare: (_request, { now, serviceDownTime }) => {
    const oldest = now - serviceDownTime * 1000 - 500
    const up = (host: HostState) => host.lastSeenMs > 0 && host.lastSeenMs >= oldest
    const state = (host: HostState) =>
      !host.enabled ? 'disabled' : host.maintenance ? 'maintenance' : up(host) ? 'up' : 'down'
    return {
      need: 'up',
      passes: (host) => host.enabled && !host.maintenance && up(host),
      have: state,
      reason: (host) => {
        const why = host.disabledReason ? `: ${host.disabledReason}` : ''
        if (!host.enabled) return `disabled${why}`
        if (host.maintenance) return `under maintenance${why}`
        const silence = Math.round((now - host.lastSeenMs) / 1000)
        return host.lastSeenMs > 0 ? `no heartbeat for ${silence} s` : 'its compute worker is not running'
      },
    }
  },
}
