/** JSON as steps leave it for later steps. */
type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** What a step is given. `S` is the saga's own state, loaded once per delivery. */
export interface StepContext<S> {
  /** What the saga is about, as `load` returned it. */
  state: S
  /** What earlier steps returned, by step name; survives a crash. */
  outputs: Record<string, Json | undefined>
  /** Aborts when the lease is lost, a person cancelled, or the process is asked to end. */
  signal: AbortSignal
  /** Shows how far the work is. `percent` of the whole operation. Cheap: written at most four times a second. */
  progress: (message: string, percent?: number) => void
}

/**
 * One step. `run` may be executed again after a crash, so it must be idempotent. `undo` must take back whatever `run`
 * may have done, also half done or not at all.
 */
export interface Step<S> {
  name: string
  run: (step: StepContext<S>) => Promise<Json | undefined>
  undo?: (step: StepContext<S>) => Promise<void>
}

/** Why a saga ended badly: a closed code and a sentence (core's NephosError has both). */
export interface Failure {
  code: string
  message: string
  detail?: { [key: string]: Json }
}

/** A piece of work in declared steps. */
export interface Saga<S = unknown> {
  /** `instance-create`: also the operation's kind. */
  name: string
  /** Position of the first step; what is below was recorded by others (the scheduler's step is 0). */
  firstPosition?: number
  steps: readonly Step<S>[]
  /** False for work that must go on once it began (a delete): a request to cancel is then not heeded. */
  cancellable?: boolean
  /**
   * Reads what the saga is about. Returns null when it no longer applies (the resource is gone or belongs to newer
   * work): the operation then ends as cancelled.
   */
  load: (operation: SagaOperation) => Promise<S | null>
  /** Runs when every step is done, to make the result visible. Must be one transaction and compare-and-set. */
  succeed?: (state: S, outputs: Record<string, Json | undefined>) => Promise<void>
  /**
   * Asked when everything was undone and nothing is left over: may give the work to somebody else instead of ending it.
   * Whoever does that queues the operation again and raises its lease token, in one transaction that checks `leaseToken`,
   * and returns true: this holder then lets go of it. Never asked about a cancellation.
   */
  handOn?: (state: S, failure: Failure, leaseToken: number) => Promise<boolean>
  /** Runs when everything was undone. Must be one transaction and compare-and-set. */
  fail?: (state: S, failure: Failure) => Promise<void>
}

/** The operation as a saga sees it. */
export interface SagaOperation {
  id: string
  kind: string
  projectId: string | null
  userId: string | null
  requestId: string
  resourceType: string
  resourceId: string
  input: Json
  attempt: number
}

/**
 * Thrown by a step that cannot run yet (another operation holds the resource, a host is being restarted): nothing is
 * undone and the job is delivered again after `delayMs`.
 */
export class RetryLater extends Error {
  constructor(
    message: string,
    readonly delayMs: number,
  ) {
    super(message)
    this.name = 'RetryLater'
  }
}

/** Thrown by `load` when the work belongs to another host by now: this delivery is dropped, the operation goes on. */
export class WorkElsewhere extends Error {
  constructor() {
    super('the work goes on elsewhere')
    this.name = 'WorkElsewhere'
  }
}
