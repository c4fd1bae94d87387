import { z } from 'zod'
import { displayName } from '../../compute/names.ts'
import { ipv6Modes } from './kinds.ts'

const address = z.string().trim().max(64)

/** A subnet as it is asked for; {@link planSubnet} checks what the addresses mean. */
export const subnetFields = {
  name: z.union([z.literal(''), displayName]).default(''),
  /** May be left out: the range says it. */
  ipVersion: z.union([z.literal(4), z.literal(6)]).optional(),
  /** `10.0.0.0/24` or `fd00:1::/64`: network address and length of the prefix, 8 to 29 or 64 to 126. */
  cidr: z.string().trim().min(1, 'A subnet needs an address range, for example 10.0.0.0/24.').max(64),
  /** null: no gateway; absent: the first address. */
  gatewayIp: address.nullish(),
  enableDhcp: z.boolean().default(true),
  /** Of IPv6, how routers announce the subnet; null: nobody of the cloud does. */
  ipv6RaMode: z.enum(ipv6Modes).nullish(),
  /** Of IPv6, how guests get their address: of their MAC (`slaac`, `dhcpv6-stateless`) or of the pools. */
  ipv6AddressMode: z.enum(ipv6Modes).nullish(),
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
