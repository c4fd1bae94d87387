import type { Operation } from '@nephos/db'
import type { Saga, StepContext } from './define.ts'
import type { Journal } from './journal.ts'
import type { SagaTools } from './tools.ts'

/** Why a holder stops before the end. */
export type Reason = 'lost' | 'cancelled' | 'shutdown'
/** What a step leaves for later ones. */
export type Output = Awaited<ReturnType<Saga['steps'][number]['run']>>

/** One holder's attempt at an operation. */
export interface Attempt<S> {
  tools: SagaTools
  saga: Saga<S>
  journal: Journal
  operation: Operation
  state: S
  outputs: Record<string, Output>
  /** Position of the saga's first step. */
  first: number
  /** Why to stop, once there is a reason. */
  reason: () => Reason | undefined
  /** Aborts for any reason. */
  signal: AbortSignal
  /** Aborts when the lease is lost or the process ends, not for a cancellation: undoing goes on. */
  undoSignal: AbortSignal
}

/** What a step is given. */
export const stepContext = <S>(attempt: Attempt<S>, signal: AbortSignal): StepContext<S> => ({
  state: attempt.state,
  outputs: attempt.outputs,
  signal,
  progress: (message, percent) => attempt.journal.progress(message, percent),
})
