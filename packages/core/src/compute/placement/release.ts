import type { MutationTx } from '../../kernel/index.ts'
import { hostChanged, hostSelect } from '../hosts/row.ts'

/**
 * Gives back what a consumer (an instance, or a migration for the place it leaves) holds on its host. Does nothing
 * when it holds nothing.
 * @param serviceDownTime seconds, for the announced row
 */
export async function releaseAllocation(
  tx: Pick<MutationTx, 'db' | 'event'>,
  consumerId: string,
  serviceDownTime: number,
): Promise<void> {
  const allocation = await tx.db.allocation.findUnique({ where: { consumerId } })
  if (!allocation) return
  // Only whoever really removed the row lowers the usage.
  const { count } = await tx.db.allocation.deleteMany({ where: { consumerId } })
  if (count === 0) return
  const host = await tx.db.host.update({
    where: { id: allocation.hostId },
    data: {
      usedVcpus: { decrement: allocation.vcpus },
      usedRamMib: { decrement: allocation.ramMib },
      usedDiskGib: { decrement: allocation.diskGib },
      instanceCount: { decrement: 1 },
      generation: { increment: 1 },
    },
    select: hostSelect,
  })
  hostChanged(tx, 'updated', host, serviceDownTime)
}
