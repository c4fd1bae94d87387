import type { Logger } from 'pino'
import type { JobName, JobPayload } from '../catalogue/jobs.ts'
import type { Failure } from '../saga/define.ts'
import type { SagaTools } from '../saga/tools.ts'

/** One delivery of a job. */
export interface JobDelivery<Payload = unknown> {
  name: JobName
  payload: Payload
  requestId: string
  /** 1 for the first one. */
  deliveries: number
  /** True when there will be no other delivery after a failure. */
  last: boolean
  /** Aborts when the process is asked to end. */
  signal: AbortSignal
  log: Logger
  tools: SagaTools
}

/** Does the work of one kind of job. Throwing means "again later", until the deliveries are used up. */
export interface JobHandler<Payload = unknown> {
  run: (delivery: JobDelivery<Payload>) => Promise<void>
  /**
   * Ends the work for good after its deliveries were used up. With `undo` false not even undoing may be tried (it
   * already killed a process). Without this function, the job's operation simply becomes failed.
   */
  giveUp?: (delivery: JobDelivery<Payload>, failure: Failure, undo: boolean) => Promise<void>
}

/** Handlers by name of the job. */
export type JobHandlers = { [Name in JobName]?: JobHandler<JobPayload<Name>> }
