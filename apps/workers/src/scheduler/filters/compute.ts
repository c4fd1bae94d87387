import type { Filter } from './filter.ts'

/** The host is enabled and its compute worker gave a sign of life. */
export const computeFilter: Filter = {
  name: 'compute',
  noun: 'hosts that are up and enabled',
  check: (host, _request, { now, serviceDownTime }) => {
    const silence = Math.round((now - host.lastSeenMs) / 1000)
    const up = host.lastSeenMs > 0 && silence <= serviceDownTime
    const state = !host.enabled ? 'disabled' : up ? 'up' : 'down'
    return {
      pass: state === 'up',
      have: state,
      need: 'up',
      reason:
        state === 'up'
          ? ''
          : state === 'disabled'
            ? `disabled${host.disabledReason ? `: ${host.disabledReason}` : ''}`
            : host.lastSeenMs > 0
              ? `no heartbeat for ${silence} s`
              : 'its compute worker is not running',
    }
  },
}
