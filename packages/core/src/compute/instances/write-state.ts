import type { Prisma, Tx } from '@nephos/db'
import type { InstanceRecord } from './row.ts'

/** The columns that only a compare-and-set may write. */
export type InstanceChanges = Pick<
  Prisma.InstanceUncheckedUpdateManyInput,
  | 'vmState'
  | 'taskState'
  | 'powerState'
  | 'hostId'
  | 'zone'
  | 'faultCode'
  | 'faultMessage'
  | 'faultDetail'
  | 'faultAt'
  | 'launchedAt'
  | 'guestReadyAt'
  | 'rescue'
  | 'deletedAt'
  | 'imageId'
  | 'imageName'
  | 'imageProperties'
  | 'base'
  | 'shelvedImageId'
  | 'shelvedAt'
  | 'flavorId'
  | 'flavorName'
  | 'vcpus'
  | 'ramMib'
  | 'diskGib'
  | 'ephemeralGib'
  | 'swapMib'
  | 'extraSpecs'
>

/**
 * Writes states of an instance by compare-and-set on its generation.
 * @returns the record as it is now, or null when somebody else wrote in between (nothing was changed)
 */
export async function writeInstanceState<Record extends InstanceRecord>(
  db: Tx,
  record: Record,
  changes: InstanceChanges,
): Promise<Record | null> {
  const updatedAt = new Date()
  const generation = record.generation + 1
  const { count } = await db.instance.updateMany({
    where: { id: record.id, generation: record.generation },
    data: { ...changes, updatedAt, generation },
  })
  return count === 1 ? ({ ...record, ...changes, updatedAt, generation } as Record) : null
}
