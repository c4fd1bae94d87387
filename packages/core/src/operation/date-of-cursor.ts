import { invalid } from '../kernel/index.ts'

/** Turns the packed value of a cursor back into a date. @throws NephosError invalid_input */
export function dateOfCursor(value: string | number | null): Date {
  const date = new Date(typeof value === 'string' ? value : Number.NaN)
  if (Number.isNaN(date.getTime()))
    throw invalid('cursor', 'The cursor is not valid.', 'Start again from the first page.')
  return date
}
