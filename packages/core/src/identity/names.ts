import { z } from 'zod'

/** A name of a user, project or domain: 1 to 255 printable characters, no blanks around it; composed (NFC). */
export const identityName = z
  .string()
  .max(1024, 'A name has at most 255 characters.')
  .normalize()
  .trim()
  .min(1, 'A name needs at least one character that is not a blank.')
  .max(255, 'A name has at most 255 characters.')
  .regex(/^[^\p{Cc}\p{Cs}\p{Cn}\u2028\u2029]+$/u, 'A name has printable characters only.')

/** Free text beside a name. */
export const identityDescription = z
  .string()
  .max(1000, 'A description has at most 1000 characters.')
  .regex(/^[^\0\p{Cs}]*$/u, 'A description is plain text.')

/** Id of any row of this domain. */
export const identityId = z.string().min(1, 'Give an id.').max(64, 'An id has at most 64 characters.')

/** An e-mail address, or null for none. */
export const emailAddress = z
  .email('This is not an e-mail address.')
  .max(254, 'An e-mail address has at most 254 characters.')
  .nullable()

/** A password to be set. Long enough to be worth hashing, short enough not to be an attack on the hash. */
export const newPassword = z
  .string()
  .min(8, 'A password has at least 8 characters.')
  .max(512, 'A password has at most 512 characters.')

/** A password to be checked: nothing is said about its form. */
export const givenPassword = z
  .string()
  .min(1, 'Give the password.')
  .max(512, 'A password has at most 512 characters.')

/** What a person looks for in a list. */
export const searchText = z.string().trim().max(255, 'Search for at most 255 characters.').optional()

/** `asc` or `desc`. */
export const sortDirection = z.enum(['asc', 'desc'])

/** Turns the packed value of a cursor back into a date where the sort column is one. */
export const sortValue =
  (column: string) =>
  (value: string | number | null): unknown =>
    column === 'createdAt' && typeof value === 'string' ? new Date(value) : value
