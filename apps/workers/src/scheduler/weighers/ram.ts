import type { Weigher } from './weigher.ts'

/** More free RAM: instances spread. */
export const ramWeigher: Weigher = {
  name: 'ram',
  override: 'ram_weight_multiplier',
  prepare: () => (host) => host.free.ramMib,
}
