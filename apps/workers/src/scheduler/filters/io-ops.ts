import type { HostState } from '../host-state.ts'
import type { Filter } from './filter.ts'
import { lowest } from './num-instances.ts'

/** The host is at work on fewer instances than it may be (`max_io_ops_per_host` of its aggregates, or the setting). */
export const ioOpsFilter: Filter = {
  name: 'io-ops',
  noun: 'hosts with little work under way',
  prepare: (_request, { maxIoOpsPerHost }) => {
    const most = (host: HostState) => lowest(host, 'max_io_ops_per_host') ?? maxIoOpsPerHost
    return {
      need: `fewer than ${maxIoOpsPerHost}`,
      passes: (host) => host.ioOps < most(host),
      have: (host) => host.ioOps,
      reason: (host) => `builds or moves ${host.ioOps} instances now, ${most(host)} allowed`,
    }
  },
}
