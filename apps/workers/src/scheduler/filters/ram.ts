import { amountFilter } from './filter.ts'

/** Enough RAM is free. */
export const ramFilter = amountFilter(
  'ram',
  'RAM',
  'MiB',
  ({ free }) => free.ramMib,
  ({ ramMib }) => ramMib,
)
