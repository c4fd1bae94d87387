import type { Db } from '@nephos/db'
import type { Logger } from 'pino'
import type { CloudEvent } from '../catalogue/events.ts'

/** What the saga runtime needs of its process. */
export interface SagaTools {
  db: Db
  log: Logger
  /** Unique for this process and start: who holds a lease. */
  owner: string
  /** Name of the host for the timeline; absent for control-plane workers. */
  host?: string
  /** Sends an event that may be lost. */
  announce: (event: CloudEvent) => void
  /** Sends an event and waits until it is stored; rejects when that is not possible now. */
  publish: (event: CloudEvent) => Promise<void>
  /** Calls back when a person asks to cancel the operation. @returns a function that ends it */
  onCancel: (operationId: string, listener: () => void) => () => void
  /** How long a lease lasts without renewal, in milliseconds (15,000 unless set). */
  leaseMs?: number
  /** Longest time a finished step may stay unwritten, in milliseconds (100 unless set). */
  flushMs?: number
}

/** Core NATS subject on which a cancellation is announced. */
export const cancelSubject = (operationId: string): string => `live.cancel.${operationId}`
