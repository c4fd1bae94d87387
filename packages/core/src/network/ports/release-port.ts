import type { Prisma, Tx } from '@nephos/db'
import { type MutationTx, returnQuota } from '../../kernel/index.ts'
import { releaseFloatingIps } from '../floating-ips/release.ts'
import { announcePort, portParts, portRow } from './row.ts'

/** What a port is that no instance uses. */
export const unused = {
  instanceId: null,
  deviceId: '',
  deviceOwner: '',
  deviceIndex: null,
  hostName: null,
  vifType: 'unbound',
  status: 'DOWN',
} as const satisfies Prisma.PortUncheckedUpdateManyInput

/**
 * Ends the use of a port by an instance: one that was made for it goes, with its address and quota; another stays, and
 * is nobody's interface. The host must have let go of it. Does nothing when the instance has no such port.
 * @param remove deletes it in any case
 */
export async function releasePort(
  tx: MutationTx,
  instanceId: string,
  portId: string,
  { remove = false }: { remove?: boolean } = {},
): Promise<void> {
  const port = await tx.db.port.findFirst({
    where: { id: portId, instanceId },
    select: { id: true, projectId: true, deleteWithInstance: true },
  })
  if (!port) return
  if (remove || port.deleteWithInstance) {
    await releaseFloatingIps(tx, [portId])
    const { count } = await tx.db.port.deleteMany({ where: { id: portId, instanceId } })
    if (count === 0) return
    announcePort(tx, 'deleted', port, null)
    await returnQuota(tx.db, port.projectId, { ports: 1 })
  } else await unbindPorts(tx, { id: portId, instanceId })
}

/** Makes these ports nobody's, and announces them. */
export async function unbindPorts(
  tx: Pick<MutationTx, 'event'> & { db: Tx },
  where: Prisma.PortWhereInput,
): Promise<void> {
  const ports = await tx.db.port.findMany({ where, include: portParts })
  if (ports.length === 0) return
  await tx.db.port.updateMany({
    where: { id: { in: ports.map(({ id }) => id) } },
    data: { ...unused, generation: { increment: 1 } },
  })
  for (const port of ports)
    announcePort(tx, 'updated', port, portRow({ ...port, ...unused, instance: null, updatedAt: new Date() }))
}
