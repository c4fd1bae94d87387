import type { Weigher } from './weigher.ts'

/** How many instances are there. Off unless its multiplier is set. */
export const numInstancesWeigher: Weigher = {
  name: 'num-instances',
  override: 'num_instances_weight_multiplier',
  prepare: () => (host) => host.instanceCount,
}
