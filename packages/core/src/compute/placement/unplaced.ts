import type { Failure } from '@nephos/jobs'
import type { MutationTx } from '../../kernel/index.ts'
import { instanceChanged } from '../instances/changed.ts'
import { faultOf } from '../instances/fault.ts'
import { writeInstanceState } from '../instances/write-state.ts'
import { setMigrationStatus } from '../migrations/write.ts'
import { isPlaced, isWaiting, type Waiting } from './waiting.ts'

/** Statuses of a move that has no destination yet. */
const withoutHost = ['queued', 'accepted', 'cancelling']

/**
 * Ends the wait of an instance that gets no host, as its purpose says: its states, the fault, its migration. The
 * operation is the caller's. Leaves an instance alone that no longer waits.
 * @returns false when it does not wait, or was changed at this moment: nothing was written
 */
export async function leaveUnplaced(tx: MutationTx, waiting: Waiting, failure: Failure): Promise<boolean> {
  const { record, purpose, migration } = waiting
  if (isPlaced(waiting) || !isWaiting(waiting)) return false
  const written = await writeInstanceState(tx.db, record, {
    ...(purpose.unplaced !== 'same' && { vmState: purpose.unplaced }),
    taskState: null,
    ...faultOf(failure),
  })
  if (!written) return false
  if (migration)
    await setMigrationStatus(
      tx,
      migration.id,
      withoutHost,
      failure.code === 'cancelled' ? 'cancelled' : 'error',
      { errorMessage: failure.message },
    )
  await purpose.giveBack?.(tx, record, migration)
  instanceChanged(tx, 'updated', written)
  return true
}
