import { amountFilter } from './filter.ts'

/** Enough vCPUs are free, counting the host's overcommitment. */
export const vcpusFilter = amountFilter(
  'vcpus',
  'vCPUs',
  'vCPUs',
  ({ free }) => free.vcpus,
  ({ vcpus }) => vcpus,
)
