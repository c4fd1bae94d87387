import type { Port, Prisma } from '@nephos/db'
import { type Ctx, isAdmin, type MutationTx, requireProject } from '../../kernel/index.ts'
import { ipv4First } from '../addresses/ip.ts'
import type { DhcpOption } from '../dhcp-options/plan.ts'
import { nameOfPort } from '../dns/names.ts'
import { tagsOf, withTags } from '../tags/input.ts'
import type { AddressPair } from './address-pairs.ts'
import { hiddenOwners } from './owners.ts'

/** A port as lists show it. */
export interface PortRow {
  id: string
  networkId: string
  projectId: string
  name: string
  description: string
  macAddress: string
  /** False: nothing passes. */
  adminStateUp: boolean
  /** Only its own MAC and addresses, and those allowed beside them, may send. */
  portSecurity: boolean
  allowedAddressPairs: AddressPair[]
  /** ACTIVE when it is wired on a host, DOWN otherwise. */
  status: string
  deviceOwner: string
  deviceId: string
  deviceIndex: number | null
  instanceId: string | null
  instanceName: string | null
  fixedIps: { subnetId: string; ipAddress: string }[]
  /** What lets traffic through to it and from it. */
  securityGroups: { id: string; name: string }[]
  /** What DHCP tells it besides. */
  extraDhcpOptions: DhcpOption[]
  /** Name that it was given; empty: none of its own. */
  dnsName: string
  /** What it is called on its network: the name that it was given, or its instance's; empty: nothing. */
  hostname: string
  /** Limits of its own, in place of its network's; null: those of its network. */
  qosPolicyId: string | null
  tags: string[]
  /** Host that it is wired on; null for whoever is not an administrator. */
  hostName: string | null
  createdAt: Date
  updatedAt: Date
}

/** What to read with a port to make its row. */
export const portParts = {
  allocations: {
    select: { subnetId: true, ipAddress: true },
    orderBy: [{ createdAt: 'asc' }, { ipAddress: 'asc' }],
  },
  instance: { select: { name: true, hostname: true } },
  ...withTags,
  securityGroups: {
    select: { group: { select: { id: true, name: true } } },
    orderBy: { groupId: 'asc' },
  },
} as const satisfies Prisma.PortInclude

/** A port read with {@link portParts}. */
export type PortWithParts = Port & {
  allocations: { subnetId: string; ipAddress: string }[]
  instance: { name: string; hostname: string } | null
  tags: { tag: string }[]
  securityGroups: { group: { id: string; name: string } }[]
}

/** The row of a port, for the actor of `ctx`; without one it holds nothing that only administrators may see. */
export const portRow = (port: PortWithParts, ctx?: Ctx): PortRow => ({
  id: port.id,
  networkId: port.networkId,
  projectId: port.projectId,
  name: port.name,
  description: port.description,
  macAddress: port.macAddress,
  adminStateUp: port.adminStateUp,
  portSecurity: port.portSecurity,
  allowedAddressPairs: (port.allowedAddressPairs ?? []) as unknown as AddressPair[],
  status: port.status,
  deviceOwner: port.deviceOwner,
  deviceId: port.deviceId,
  deviceIndex: port.deviceIndex,
  instanceId: port.instanceId,
  instanceName: port.instance?.name ?? null,
  fixedIps: ipv4First(port.allocations, ({ ipAddress }) => ipAddress).map(({ subnetId, ipAddress }) => ({
    subnetId,
    ipAddress,
  })),
  securityGroups: port.securityGroups.map(({ group }) => ({ id: group.id, name: group.name })),
  extraDhcpOptions: (port.extraDhcpOptions ?? []) as unknown as DhcpOption[],
  dnsName: port.dnsName,
  hostname: nameOfPort(port),
  qosPolicyId: port.qosPolicyId,
  tags: tagsOf(port),
  hostName: ctx && isAdmin(ctx.actor) ? port.hostName : null,
  createdAt: port.createdAt,
  updatedAt: port.updatedAt,
})

/**
 * The ports an actor sees: those of the project, without what holds the addresses of gateways and floating IPs; all of
 * them for an administrator.
 */
export const visiblePorts = (ctx: Ctx): Prisma.PortWhereInput =>
  isAdmin(ctx.actor) ? {} : { projectId: requireProject(ctx).id, ...shown }

const shown = { deviceOwner: { notIn: [...hiddenOwners] } } as const satisfies Prisma.PortWhereInput

/** The ports that lists of one project hold. */
export const listedPorts = (ctx: Ctx): Prisma.PortWhereInput => ({
  projectId: requireProject(ctx).id,
  ...(!isAdmin(ctx.actor) && shown),
})

/** Announces a port to whoever sees it; `row` is null after a delete. */
export function announcePort(
  tx: Pick<MutationTx, 'event'>,
  change: 'created' | 'updated' | 'deleted',
  port: Pick<Port, 'id' | 'projectId'> & { deviceOwner?: string },
  row: PortRow | null,
): void {
  tx.event({
    noun: 'port',
    change,
    id: port.id,
    audience: hiddenOwners.includes(port.deviceOwner ?? '')
      ? { kind: 'admin' }
      : { kind: 'project', projectId: port.projectId },
    data: row,
  })
}
