import { z } from 'zod'

/** Bytes of the largest packet; the overlay leaves room for 1450 on an ordinary Ethernet. */
export const mtuField = z
  .int()
  .min(576, 'An MTU is at least 576 bytes.')
  .max(9_000, 'An MTU is at most 9000 bytes.')

/** Name of a physical network, as the configuration of hosts has it. */
export const physicalNetworkField = z
  .string()
  .trim()
  .regex(/^[\w.-]{1,64}$/, 'A physical network has a name of letters, digits, dots, dashes and underscores.')

/** Number of a VLAN (IEEE 802.1Q). */
export const vlanField = z.int().min(1, 'A VLAN is 1 to 4094.').max(4_094, 'A VLAN is 1 to 4094.')

/** An id of any form: one that does not exist is not found, whatever it looks like. */
export const idField = z.string().min(1).max(64)
