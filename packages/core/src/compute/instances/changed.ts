import type { Prisma } from '@nephos/db'
import type { MutationTx } from '../../kernel/index.ts'
import { type InstanceRecord, instanceRow, instanceSelect, wireRow } from './row.ts'

/** Announces a change of an instance to its project, with the row as it is after the change and without the host. */
export function instanceChanged(
  tx: Pick<MutationTx, 'event'>,
  change: 'created' | 'updated' | 'deleted',
  record: InstanceRecord,
): void {
  tx.event({
    noun: 'instance',
    change,
    id: record.id,
    audience: { kind: 'project', projectId: record.projectId },
    data: change === 'deleted' ? null : wireRow(instanceRow(record, { admin: false })),
  })
}

/** Announces these instances as they are, after a change of what only their rows show: an address, say. */
export async function announceInstances(
  tx: Pick<MutationTx, 'db' | 'event'>,
  where: Prisma.InstanceWhereInput,
): Promise<void> {
  const records = await tx.db.instance.findMany({
    where: { AND: [where, { vmState: { not: 'deleted' } }] },
    select: instanceSelect,
    orderBy: { id: 'asc' },
  })
  for (const record of records) instanceChanged(tx, 'updated', record)
}
