import { z } from 'zod'

/** Bytes of the largest packet; the overlay leaves room for 1450 on an ordinary Ethernet. */
export const mtuField = z
  .int()
  .min(576, 'An MTU is at least 576 bytes.')
  .max(9_000, 'An MTU is at most 9000 bytes.')

/** An id of any form: one that does not exist is not found, whatever it looks like. */
export const idField = z.string().min(1).max(64)
