import type { Prisma } from '@nephos/db'
import { type Attempt, stepContext } from './attempt.ts'
import type { Failure } from './define.ts'
import { Interrupted, LeaseLost, SimulatedCrash, toFailure } from './errors.ts'

/** How far to undo, and how hard to try. */
export interface UndoOptions {
  /** Index of the last step that may have begun. */
  from: number
  /** There will be no other delivery: go on past steps that cannot be undone, and say so. */
  last: boolean
  /** Only end the operation: undoing is what killed a process before. */
  skip?: boolean
}

/**
 * Takes back in reverse what was begun, lets the saga show the failure, and ends the operation as failed (or
 * cancelled). A step that cannot be undone is tried again with the next delivery; after the last one it stays
 * recorded as `undo_failed` and the operation's detail names it.
 */
export async function undoSaga<S>(
  attempt: Attempt<S>,
  failure: Failure,
  options: UndoOptions,
): Promise<void> {
  const { saga, journal, tools, operation, first } = attempt
  const detail = (failure.detail ?? {}) as Prisma.InputJsonObject
  journal.patch({
    status: 'undoing',
    errorCode: failure.code,
    errorMessage: failure.message,
    ...(failure.detail && { errorDetail: detail }),
  })
  await journal.flush()
  journal.announce('updated')
  const left: string[] = []
  for (let index = options.from; index >= 0; index--) {
    const step = saga.steps[index]!
    const position = first + index
    const row = journal.step(position)
    if (!step.undo || row?.status === 'undone') continue
    if (options.skip) {
      left.push(step.name)
      if (row) journal.mark(position, step.name, 'undo_failed')
      continue
    }
    if (attempt.undoSignal.aborted) throw new Interrupted()
    try {
      await step.undo(stepContext(attempt, attempt.undoSignal))
      if (row && row.status !== 'failed') journal.mark(position, step.name, 'undone')
    } catch (error) {
      if (error instanceof SimulatedCrash) {
        journal.abandon()
        throw error
      }
      if (attempt.undoSignal.aborted || error instanceof LeaseLost) throw error
      journal.mark(position, step.name, 'undo_failed', { errorMessage: toFailure(error).message })
      await journal.flush()
      const about = { err: error, operationId: operation.id, step: step.name }
      if (!options.last) {
        tools.log.warn(about, 'a step could not be undone; it is tried again')
        throw error
      }
      tools.log.error(about, 'a step could not be undone; something may be left over')
      left.push(step.name)
    }
  }
  await journal.flush()
  const { leaseToken } = journal.operation
  if (failure.code !== 'cancelled' && left.length === 0 && !journal.operation.cancelRequested)
    if (await saga.handOn?.(attempt.state, failure, leaseToken)) return journal.abandon()
  await saga.fail?.(attempt.state, failure)
  await journal.finish(failure.code === 'cancelled' ? 'cancelled' : 'failed', {
    ...(left.length > 0 && { errorDetail: { ...detail, undoFailed: left } }),
  })
}
