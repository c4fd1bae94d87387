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

/** Gives back everything that an instance holds anywhere: where it is, and both ends of a move that was under way. */
export async function releaseInstanceAllocations(
  tx: Pick<MutationTx, 'db' | 'event'>,
  instanceId: string,
  serviceDownTime: number,
): Promise<void> {
  const held = await tx.db.allocation.findMany({
    where: { instanceId },
    select: { consumerId: true },
    orderBy: { hostId: 'asc' },
  })
  for (const { consumerId } of held) await releaseAllocation(tx, consumerId, serviceDownTime)
}

/**
 * Takes a claimed move back: what was held on the destination is given back, and what the migration held on the
 * source is the instance's again. Does nothing for a migration that holds nothing.
 */
export async function holdSourceAgain(
  tx: Pick<MutationTx, 'db' | 'event'>,
  migration: { id: string; instanceId: string },
  serviceDownTime: number,
): Promise<void> {
  const source = await tx.db.allocation.findUnique({ where: { consumerId: migration.id } })
  if (!source) return
  await releaseAllocation(tx, migration.instanceId, serviceDownTime)
  await tx.db.allocation.updateMany({
    where: { consumerId: migration.id },
    data: { consumerId: migration.instanceId },
  })
}
