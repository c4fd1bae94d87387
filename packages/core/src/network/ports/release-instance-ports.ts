import type { MutationTx } from '../../kernel/index.ts'
import { announcePort } from './row.ts'

/**
 * Deletes the ports of an instance; their addresses are free again at once. The hosts must have let go of them.
 * @returns how many there were, for the quota that the caller gives back
 */
export async function releaseInstancePorts(
  tx: Pick<MutationTx, 'db' | 'event'>,
  instanceId: string,
): Promise<number> {
  const ports = await tx.db.port.findMany({
    where: { instanceId },
    select: { id: true, projectId: true },
  })
  if (ports.length === 0) return 0
  await tx.db.port.deleteMany({ where: { id: { in: ports.map(({ id }) => id) } } })
  for (const port of ports) announcePort(tx, 'deleted', port, null)
  return ports.length
}
