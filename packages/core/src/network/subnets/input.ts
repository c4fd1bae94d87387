import { z } from 'zod'
import { displayName } from '../../compute/names.ts'

const address = z.string().trim().max(64)

/** A subnet as it is asked for; {@link planSubnet} checks what the addresses mean. */
export const subnetFields = {
  name: z.union([z.literal(''), displayName]).default(''),
  /** `10.0.0.0/24`: network address and length of the prefix, 8 to 29. */
  cidr: z.string().trim().min(1, 'A subnet needs an address range, for example 10.0.0.0/24.').max(64),
  /** null: no gateway; absent: the first address. */
  gatewayIp: address.nullish(),
  enableDhcp: z.boolean().default(true),
  dnsServers: z.array(address).max(5, 'A subnet has at most 5 DNS servers.').default([]),
  /** Where automatic addresses come from; absent: every address but the gateway's. */
  pools: z
    .array(z.object({ start: address, end: address }))
    .min(1, 'Leave the pools out to use every address.')
    .max(32, 'A subnet has at most 32 pools.')
    .optional(),
  hostRoutes: z
    .array(z.object({ destination: address, nexthop: address }))
    .max(20, 'A subnet has at most 20 host routes.')
    .default([]),
}

const subnetSchema = z.object(subnetFields)
/** A subnet after its form was checked. */
export type SubnetInput = z.output<typeof subnetSchema>
/** The form of a subnet inside another input. */
export const subnetInput: typeof subnetSchema = subnetSchema
