import type { Operation, OperationStep, Prisma } from '@nephos/db'
import { traced } from '@nephos/tracing'
import { operationEvent } from '../operation/row.ts'
import { type Attempt, type Output, type Reason, stepContext } from './attempt.ts'
import { type Failure, RetryLater, type Saga, type SagaOperation, WorkElsewhere } from './define.ts'
import { Interrupted, LeaseLost, SimulatedCrash, toFailure, typedFailure } from './errors.ts'
import { Journal } from './journal.ts'
import { takeLease } from './lease.ts'
import type { SagaTools } from './tools.ts'
import { type UndoOptions, undoSaga } from './undo.ts'

/** How a saga is run. */
export interface RunOptions {
  /** Aborts when the process is asked to end; the operation then stays resumable. */
  signal?: AbortSignal
  /** There will be no other delivery: what cannot be done now ends as a failure. */
  last?: boolean
  /** Do not go on: end the operation with this failure, undoing first when `undo` says so. */
  giveUp?: { failure: Failure; undo: boolean }
}

/** Untyped errors are tried this often before they count as the saga's failure. */
const mostAttempts = 3

const cancelled: Failure = { code: 'cancelled', message: 'It was cancelled.' }

/**
 * Works on an operation until it has ended. Returns when it has, also when somebody else ended it before.
 * @throws RetryLater when it is held by another process or a step cannot run yet
 * @throws LeaseLost when another process took over
 * @throws Interrupted when the process is asked to end
 */
export async function runSaga<S>(
  tools: SagaTools,
  saga: Saga<S>,
  operationId: string,
  options: RunOptions = {},
): Promise<void> {
  const taken = await takeLease(tools.db, operationId, tools.owner, tools.leaseMs ?? 15_000)
  if (taken.kind === 'busy') throw new RetryLater('another worker is at it', taken.forMs + 50)
  if (taken.kind === 'ended') {
    // Its last event may be what was lost; saying it again is harmless.
    if (taken.operation) await tools.publish(operationEvent(taken.operation, 'updated'))
    return
  }
  const { operation } = taken
  const all = new AbortController()
  const undo = new AbortController()
  let reason: Reason | undefined
  const stop = (why: Reason) => {
    if (reason === 'lost') return
    reason = why
    if (why !== 'cancelled') undo.abort(new Error(why))
    all.abort(new Error(why))
  }
  const cancel = () => {
    if (saga.cancellable !== false && reason === undefined) stop('cancelled')
  }
  const shutdown = () => stop('shutdown')
  const journal = new Journal(tools, operation, { onLost: () => stop('lost'), onCancelRequested: cancel })
  const unhear = tools.onCancel(operationId, cancel)
  options.signal?.addEventListener('abort', shutdown)
  if (options.signal?.aborted) shutdown()
  try {
    const attempt = {
      tools,
      saga,
      journal,
      operation,
      outputs: {},
      first: saga.firstPosition ?? 0,
      reason: () => reason,
      signal: all.signal,
      undoSignal: undo.signal,
    }
    if (operation.cancelRequested) cancel()
    await begin(attempt, options)
  } catch (error) {
    if (error instanceof SimulatedCrash || error instanceof LeaseLost) throw error
    if (reason === 'lost') throw new LeaseLost(operationId)
    if (error instanceof WorkElsewhere) return await journal.release()
    const typed = typedFailure(error)
    await journal.release(error instanceof RetryLater || typed ? `Waiting: ${(error as Error).message}` : '')
    if (reason === 'shutdown') throw new Interrupted()
    throw error
  } finally {
    journal.abandon()
    unhear()
    options.signal?.removeEventListener('abort', shutdown)
  }
}

async function begin<S>(unloaded: Omit<Attempt<S>, 'state'>, options: RunOptions): Promise<void> {
  const { tools, saga, journal, operation, first, outputs } = unloaded
  // Who comes first finds no steps of this saga.
  const rows =
    operation.attempt > 1
      ? await tools.db.operationStep.findMany({
          where: { operationId: operation.id, position: { gte: first } },
        })
      : []
  journal.restore(rows)
  for (const row of rows) if (row.status === 'done') outputs[row.name] = row.output as Output
  const state = await saga.load(sagaOperation(operation))
  if (state === null) return endWithoutState(unloaded, rows, options)

  const attempt: Attempt<S> = { ...unloaded, state }
  // An earlier holder may have done more than it wrote, so everything is undone that could have been begun.
  const begun = operation.attempt > 1 ? saga.steps.length - 1 : -1
  const undo = (failure: Failure, from: number, extra: Partial<UndoOptions> = {}) =>
    undoSaga(attempt, failure, { from, last: options.last ?? false, ...extra })

  if (options.giveUp) return undo(options.giveUp.failure, begun, { last: true, skip: !options.giveUp.undo })
  if (operation.status === 'undoing') return undo(storedFailure(operation), begun)
  if (attempt.reason() === 'cancelled') return undo(cancelled, begun)

  for (const [index, step] of saga.steps.entries()) {
    const position = first + index
    if (journal.step(position)?.status === 'done') continue
    if (attempt.reason() === 'shutdown') throw new Interrupted()
    journal.mark(position, step.name, 'running')
    try {
      const output = await traced(`step ${step.name}`, { 'nephos.operation_id': operation.id }, () =>
        step.run(stepContext(attempt, attempt.signal)),
      )
      outputs[step.name] = output
      journal.mark(position, step.name, 'done', { output: (output ?? null) as Prisma.JsonValue })
      const share = Math.floor(((index + 1) / saga.steps.length) * 100)
      journal.patch({ progress: Math.max(journal.operation.progress, share) })
    } catch (error) {
      const failure = verdict(attempt, error, options)
      journal.mark(position, step.name, 'failed', { errorMessage: failure.message })
      return undo(failure, Math.max(index, begun))
    }
    if (attempt.reason() === 'lost') throw new LeaseLost(operation.id)
    if (attempt.reason() === 'cancelled') return undo(cancelled, Math.max(index, begun))
  }
  // Written before the result becomes visible: whoever comes after a crash then knows that all was done.
  await journal.flush()
  if (attempt.reason() === 'cancelled') return undo(cancelled, saga.steps.length - 1)
  try {
    await saga.succeed?.(state, outputs)
  } catch (error) {
    return undo(verdict(attempt, error, options), saga.steps.length - 1)
  }
  await journal.finish('succeeded', { progress: 100 })
}

/** The failure that an error amounts to. Rethrows what is to be tried again instead. */
function verdict<S>(attempt: Attempt<S>, error: unknown, options: RunOptions): Failure {
  const { operation, journal, tools } = attempt
  if (error instanceof SimulatedCrash) {
    journal.abandon()
    throw error
  }
  const reason = attempt.reason()
  if (reason === 'cancelled') return cancelled
  if (reason !== undefined || error instanceof RetryLater || error instanceof LeaseLost) throw error
  const typed = typedFailure(error)
  if (typed && typed.code !== 'unavailable') return typed
  if (!options.last && (typed || operation.attempt < mostAttempts)) throw error
  tools.log.error({ err: error, operationId: operation.id, requestId: operation.requestId }, 'a saga failed')
  return toFailure(error)
}

/** What the saga is about is gone or belongs to others: nothing is done, only the operation is ended. */
async function endWithoutState<S>(
  { saga, journal, operation, first }: Omit<Attempt<S>, 'state'>,
  rows: readonly OperationStep[],
  { giveUp }: RunOptions,
): Promise<void> {
  const done = (index: number) => rows.some((row) => row.position === first + index && row.status === 'done')
  if (operation.status === 'undoing' || giveUp) {
    const { code, message } = giveUp?.failure ?? storedFailure(operation)
    return journal.finish(code === 'cancelled' ? 'cancelled' : 'failed', {
      errorCode: code,
      errorMessage: message,
    })
  }
  // All steps done and nothing left to do: the result was made visible, only the operation did not hear of it.
  if (saga.steps.every((_, index) => done(index))) return journal.finish('succeeded', { progress: 100 })
  return journal.finish('cancelled', {
    errorCode: 'cancelled',
    errorMessage: `The ${operation.resourceType} is gone or was taken over by newer work.`,
  })
}

const storedFailure = (operation: Operation): Failure => ({
  code: operation.errorCode ?? 'internal',
  message: operation.errorMessage ?? 'The work failed.',
  ...(operation.errorDetail && { detail: operation.errorDetail as Failure['detail'] }),
})

const sagaOperation = (operation: Operation): SagaOperation => ({
  id: operation.id,
  kind: operation.kind,
  projectId: operation.projectId,
  userId: operation.userId,
  requestId: operation.requestId,
  resourceType: operation.resourceType,
  resourceId: operation.resourceId,
  input: operation.input as SagaOperation['input'],
  attempt: operation.attempt,
})
