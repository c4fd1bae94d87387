import { freeOf } from '../host-state.ts'
import { amountFilter } from './filter.ts'

/** Enough disk is free. */
export const diskFilter = amountFilter(
  'disk',
  'disk',
  'GiB',
  (host) => freeOf(host).diskGib,
  (request) => request.diskGib,
)
