import type { Weigher } from './weigher.ts'

/** How many instances are being built or moved there; the usual multiplier prefers fewer. */
export const ioOpsWeigher: Weigher = {
  name: 'io-ops',
  override: 'io_ops_weight_multiplier',
  prepare: () => (host) => host.ioOps,
}
