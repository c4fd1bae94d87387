import { z } from 'zod'

/** A name as people give it: 1 to 255 printable characters, no blanks around it. */
export const displayName = z
  .string()
  .trim()
  .min(1, 'A name needs at least one character that is not a blank.')
  .max(255, 'A name has at most 255 characters.')
  .regex(/^[^\p{Cc}\p{Cs}\p{Cn}\u2028\u2029]+$/u, 'A name has printable characters only.')

/** Free text beside a name. */
export const description = z.string().max(255, 'A description has at most 255 characters.')

/** `asc` or `desc`. */
export const sortDirection = z.enum(['asc', 'desc'])

/** Turns the packed value of a cursor back into a date where the sort column is one. */
export const dateOrText =
  (isDate: boolean) =>
  (value: string | number | null): unknown =>
    isDate && typeof value === 'string' ? new Date(value) : value
