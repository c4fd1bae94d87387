import { z } from 'zod'
import { idField } from '../networks/input.ts'

const addressField = z.string().trim().min(1).max(64)

/** Who asks whom for what. */
export const reachabilityInput = z
  .object({
    from: z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('instance'),
        id: idField,
        /** What it sends from; its own address unless given. */
        address: addressField.optional(),
      }),
      z.object({ kind: z.literal('port'), id: idField, address: addressField.optional() }),
      /** Somebody outside the cloud; without an address anybody. */
      z.object({ kind: z.literal('outside'), address: addressField.optional() }),
    ]),
    to: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('instance'), id: idField }),
      z.object({ kind: z.literal('port'), id: idField }),
      z.object({ kind: z.literal('address'), address: addressField }),
    ]),
    /** `icmp`: a ping. */
    protocol: z.enum(['tcp', 'udp', 'icmp']).default('tcp'),
    /** Of the receiver; not with `icmp`. */
    port: z.int().min(1).max(65_535).optional(),
  })
  .refine(({ protocol, port }) => protocol === 'icmp' || port !== undefined, {
    path: ['port'],
    message: 'Name the port of the receiver.',
  })

export type ReachabilityInput = z.output<typeof reachabilityInput>
