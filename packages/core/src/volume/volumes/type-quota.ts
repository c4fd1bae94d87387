import type { Tx } from '@nephos/db'
import { type MutationTx, type QuotaAmounts, returnQuota, takeQuota } from '../../kernel/index.ts'
import { snapshotQuota, volumeQuota } from './count.ts'
import type { VolumeRecord } from './row.ts'

/** What a volume and its snapshots count for one type. */
async function amountsOf(db: Tx, volume: VolumeRecord, typeName: string): Promise<QuotaAmounts> {
  const snapshots = await db.volumeSnapshot.findMany({
    where: { volumeId: volume.id },
    select: { sizeGib: true },
  })
  const parts = [
    volumeQuota(typeName, volume.sizeGib),
    ...snapshots.map(({ sizeGib }) => snapshotQuota(typeName, sizeGib)),
  ]
  const sum: Record<string, number> = {}
  for (const part of parts)
    for (const [resource, amount] of Object.entries(part))
      if (resource.endsWith(`_${typeName}`)) sum[resource] = (sum[resource] ?? 0) + (amount ?? 0)
  return sum
}

/** Counts a volume with its snapshots for another type. Call it last. @throws NephosError quota_exceeded */
export async function moveTypeQuota(tx: MutationTx, volume: VolumeRecord, typeName: string): Promise<void> {
  if (volume.type.name === typeName) return
  await returnQuota(tx.db, volume.projectId, await amountsOf(tx.db, volume, volume.type.name))
  await takeQuota(tx.db, volume.projectId, await amountsOf(tx.db, volume, typeName))
}

/** Only looks whether {@link moveTypeQuota} would do now. @throws NephosError quota_exceeded */
export async function checkTypeQuota(tx: MutationTx, volume: VolumeRecord, typeName: string): Promise<void> {
  if (volume.type.name === typeName) return
  const amounts = await amountsOf(tx.db, volume, typeName)
  await takeQuota(tx.db, volume.projectId, amounts)
  await returnQuota(tx.db, volume.projectId, amounts)
}
