import type { MutationTx } from '../../kernel/index.ts'
import { type InstanceRecord, instanceRow, wireRow } from './row.ts'

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
