import type { Port, Prisma } from '@nephos/db'
import { type Ctx, isAdmin, type MutationTx, requireProject } from '../../kernel/index.ts'

/** A port as lists show it. */
export interface PortRow {
  id: string
  networkId: string
  projectId: string
  name: string
  macAddress: string
  /** ACTIVE when it is wired on a host, DOWN otherwise. */
  status: string
  deviceOwner: string
  deviceId: string
  deviceIndex: number | null
  instanceId: string | null
  instanceName: string | null
  fixedIps: { subnetId: string; ipAddress: string }[]
  /** Host that it is wired on; null for whoever is not an administrator. */
  hostName: string | null
  createdAt: Date
  updatedAt: Date
}

/** What to read with a port to make its row. */
export const portParts = {
  allocations: { select: { subnetId: true, ipAddress: true }, orderBy: { createdAt: 'asc' } },
  instance: { select: { name: true } },
} as const satisfies Prisma.PortInclude

/** A port read with {@link portParts}. */
export type PortWithParts = Port & {
  allocations: { subnetId: string; ipAddress: string }[]
  instance: { name: string } | null
}

/** The row of a port, for the actor of `ctx`; without one it holds nothing that only administrators may see. */
export const portRow = (port: PortWithParts, ctx?: Ctx): PortRow => ({
  id: port.id,
  networkId: port.networkId,
  projectId: port.projectId,
  name: port.name,
  macAddress: port.macAddress,
  status: port.status,
  deviceOwner: port.deviceOwner,
  deviceId: port.deviceId,
  deviceIndex: port.deviceIndex,
  instanceId: port.instanceId,
  instanceName: port.instance?.name ?? null,
  fixedIps: port.allocations.map(({ subnetId, ipAddress }) => ({ subnetId, ipAddress })),
  hostName: ctx && isAdmin(ctx.actor) ? port.hostName : null,
  createdAt: port.createdAt,
  updatedAt: port.updatedAt,
})

/** The ports an actor sees: those of the project, and all of them for an administrator. */
export const visiblePorts = (ctx: Ctx): Prisma.PortWhereInput =>
  isAdmin(ctx.actor) ? {} : { projectId: requireProject(ctx).id }

/** Announces a port to its project; `row` is null after a delete. */
export function announcePort(
  tx: Pick<MutationTx, 'event'>,
  change: 'created' | 'updated' | 'deleted',
  port: Pick<Port, 'id' | 'projectId'>,
  row: PortRow | null,
): void {
  tx.event({
    noun: 'port',
    change,
    id: port.id,
    audience: { kind: 'project', projectId: port.projectId },
    data: row,
  })
}
