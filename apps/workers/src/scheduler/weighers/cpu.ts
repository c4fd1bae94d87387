import type { Weigher } from './weigher.ts'

/** More free vCPUs: instances spread. */
export const cpuWeigher: Weigher = {
  name: 'cpu',
  override: 'cpu_weight_multiplier',
  prepare: () => (host) => host.free.vcpus,
}
