import type { Operation } from '@nephos/db'
import type { Ctx, MutationTx } from '../kernel/index.ts'

/**
 * Makes a resource ready for the work of an ended operation once more and enqueues its job, in the transaction that
 * sets the operation back to queued.
 * @throws NephosError conflict or not_found saying why the work cannot run again
 */
export type RetryHandler = (ctx: Ctx, tx: MutationTx, operation: Operation) => Promise<void>
