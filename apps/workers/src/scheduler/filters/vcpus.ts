import { freeOf } from '../host-state.ts'
import { amountFilter } from './filter.ts'

/** Enough vCPUs are free, counting the host's overcommitment. */
export const vcpusFilter = amountFilter(
  'vcpus',
  'vCPUs',
  'vCPUs',
  (host) => freeOf(host).vcpus,
  (request) => request.vcpus,
)
