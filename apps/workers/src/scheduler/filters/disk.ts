import { amountFilter } from './filter.ts'

/** Enough disk is free: for the root disk, the ephemeral one and swap together. */
export const diskFilter = amountFilter(
  'disk',
  'disk',
  'GiB',
  ({ free }) => free.diskGib,
  ({ diskGib }) => diskGib,
)
