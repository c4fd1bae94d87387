import type { MutationTx } from '../../kernel/index.ts'
import { releaseFloatingIps } from '../floating-ips/release.ts'
import { unbindPorts } from './release-port.ts'
import { announcePort } from './row.ts'

/**
 * Deletes the ports that were made for an instance; their addresses are free again at once. Ports that a person made
 * stay, and are nobody's. The hosts must have let go of them.
 * @returns how many were deleted, for the quota that the caller gives back
 */
export async function releaseInstancePorts(
  tx: Pick<MutationTx, 'db' | 'event'>,
  instanceId: string,
): Promise<number> {
  const ports = await tx.db.port.findMany({
    where: { instanceId },
    select: { id: true, projectId: true, deleteWithInstance: true },
  })
  const own = ports.filter(({ deleteWithInstance }) => deleteWithInstance)
  if (own.length > 0) {
    await releaseFloatingIps(
      tx,
      own.map(({ id }) => id),
    )
    await tx.db.port.deleteMany({ where: { id: { in: own.map(({ id }) => id) } } })
    for (const port of own) announcePort(tx, 'deleted', port, null)
  }
  if (ports.length > own.length) await unbindPorts(tx, { instanceId, deleteWithInstance: false })
  return own.length
}
