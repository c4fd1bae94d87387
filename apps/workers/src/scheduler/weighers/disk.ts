import type { Weigher } from './weigher.ts'

/** More free disk: instances spread. */
export const diskWeigher: Weigher = {
  name: 'disk',
  override: 'disk_weight_multiplier',
  prepare: () => (host) => host.free.diskGib,
}
