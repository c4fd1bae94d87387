import { freeOf } from '../host-state.ts'
import { amountFilter } from './filter.ts'

/** Enough RAM is free. */
export const ramFilter = amountFilter(
  'ram',
  'RAM',
  'MiB',
  (host) => freeOf(host).ramMib,
  (request) => request.ramMib,
)
