import type { Db, FloatingIp, Port, PortForwarding, Prisma, Tx } from '@nephos/db'
import type { MutationTx } from '../../kernel/index.ts'
import { tagsOf, withTags } from '../tags/input.ts'

/** One port of a floating IP that leads to a port of an instance. */
export interface PortForwardingRow {
  id: string
  floatingIpId: string
  /** tcp or udp */
  protocol: string
  externalPort: number
  internalPortId: string
  internalAddress: string
  internalPort: number
  description: string
  instanceId: string | null
  instanceName: string | null
  createdAt: Date
  updatedAt: Date
}

/** The port that a floating IP leads to. */
export interface FloatingIpPort {
  id: string
  name: string
  networkId: string
  networkName: string
  macAddress: string
  adminStateUp: boolean
  status: string
  deviceId: string
  deviceOwner: string
}

/** A floating IP as lists show it. */
export interface FloatingIpRow {
  id: string
  projectId: string
  /** The external network that the address is of. */
  networkId: string
  networkName: string
  address: string
  description: string
  /** DOWN while it leads nowhere, ACTIVE when its router's host leads it, ERROR. */
  status: string
  /** Port that it leads to; null: none. */
  portId: string | null
  port: FloatingIpPort | null
  /** Address of the port that it leads to. */
  fixedIpAddress: string | null
  instanceId: string | null
  instanceName: string | null
  /** Router that leads it. */
  routerId: string | null
  /** null also for a router of another project. */
  routerName: string | null
  forwardings: PortForwardingRow[]
  tags: string[]
  createdAt: Date
  updatedAt: Date
}

const instance = { select: { id: true, name: true } } as const

/** What to read with a port forwarding to make its row. */
export const forwardingParts = {
  port: { select: { instance } },
} as const satisfies Prisma.PortForwardingInclude

/** What to read with a floating IP to make its row: all of it in one query. */
export const floatingIpParts = {
  ...withTags,
  network: { select: { name: true } },
  router: { select: { name: true, projectId: true } },
  port: {
    select: {
      id: true,
      name: true,
      networkId: true,
      macAddress: true,
      adminStateUp: true,
      status: true,
      deviceId: true,
      deviceOwner: true,
      network: { select: { name: true } },
      instance,
    },
  },
  forwardings: {
    include: forwardingParts,
    orderBy: [{ protocol: 'asc' }, { externalPort: 'asc' }],
  },
} as const satisfies Prisma.FloatingIpInclude

type Instance = { id: string; name: string } | null
type ForwardingWithParts = PortForwarding & { port: { instance: Instance } }
type FloatingIpWithParts = FloatingIp & {
  network: { name: string }
  router: { name: string; projectId: string } | null
  port:
    | (Pick<
        Port,
        'id' | 'name' | 'networkId' | 'macAddress' | 'adminStateUp' | 'status' | 'deviceId' | 'deviceOwner'
      > & { network: { name: string }; instance: Instance })
    | null
  forwardings: ForwardingWithParts[]
  tags: { tag: string }[]
}

/** The row of a port forwarding read with {@link forwardingParts}. */
export const forwardingRow = ({ port, ...forwarding }: ForwardingWithParts): PortForwardingRow => ({
  id: forwarding.id,
  floatingIpId: forwarding.floatingIpId,
  protocol: forwarding.protocol,
  externalPort: forwarding.externalPort,
  internalPortId: forwarding.internalPortId,
  internalAddress: forwarding.internalAddress,
  internalPort: forwarding.internalPort,
  description: forwarding.description,
  instanceId: port.instance?.id ?? null,
  instanceName: port.instance?.name ?? null,
  createdAt: forwarding.createdAt,
  updatedAt: forwarding.updatedAt,
})

/** The row of a floating IP read with {@link floatingIpParts}. */
export const floatingIpRow = (found: FloatingIpWithParts): FloatingIpRow => ({
  id: found.id,
  projectId: found.projectId,
  networkId: found.networkId,
  networkName: found.network.name,
  address: found.address,
  description: found.description,
  status: found.status,
  portId: found.portId,
  port: found.port && {
    id: found.port.id,
    name: found.port.name,
    networkId: found.port.networkId,
    networkName: found.port.network.name,
    macAddress: found.port.macAddress,
    adminStateUp: found.port.adminStateUp,
    status: found.port.status,
    deviceId: found.port.deviceId,
    deviceOwner: found.port.deviceOwner,
  },
  fixedIpAddress: found.fixedIpAddress,
  instanceId: found.port?.instance?.id ?? null,
  instanceName: found.port?.instance?.name ?? null,
  routerId: found.routerId,
  routerName: found.router?.projectId === found.projectId ? found.router.name : null,
  forwardings: found.forwardings.map(forwardingRow),
  tags: tagsOf(found),
  createdAt: found.createdAt,
  updatedAt: found.updatedAt,
})

/** The row of one floating IP as events carry it, or null when it is gone: for whoever changes its status. */
export async function readFloatingIpRow(db: Db | Tx, id: string): Promise<FloatingIpRow | null> {
  const found = await db.floatingIp.findUnique({ where: { id }, include: floatingIpParts })
  return found && floatingIpRow(found)
}

/** Announces a floating IP as it is now. @returns its row */
export async function announceFloatingIp(
  tx: Pick<MutationTx, 'db' | 'event'>,
  id: string,
  change: 'created' | 'updated',
): Promise<FloatingIpRow> {
  const row = (await readFloatingIpRow(tx.db, id))!
  const audience = { kind: 'project', projectId: row.projectId } as const
  tx.event({ noun: 'floating_ip', change, id, audience, data: row })
  return row
}
