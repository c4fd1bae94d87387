import type { Weigher } from './weigher.ts'

/** Builds that failed there since the last one that succeeded; the usual multiplier outweighs everything else. */
export const buildFailuresWeigher: Weigher = {
  name: 'build-failures',
  override: 'build_failure_weight_multiplier',
  prepare: () => (host) => host.failedBuilds,
}
