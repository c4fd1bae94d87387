import type { ScheduleAttempt } from '@nephos/db'
import { type PlacementReport, storedReport, withoutHosts } from './report.ts'

/** One attempt to find a host for an instance. */
export interface AttemptRow {
  operationId: string
  attempt: number
  /** For administrators only; null for everyone else, and where no host would do. */
  chosenHost: string | null
  /** Whether a host was found. */
  placed: boolean
  /** Why the host could not build it after all; null where it could. */
  failure: string | null
  /** Without the rows of hosts for those who must not know them. */
  report: PlacementReport | null
  createdAt: Date
}

/** The row of a stored attempt. `admin` says whether the reader may know the hosts. */
export function attemptRow(record: ScheduleAttempt, { admin }: { admin: boolean }): AttemptRow {
  const report = storedReport(record.verdicts)
  return {
    operationId: record.operationId,
    attempt: record.attempt,
    chosenHost: admin ? record.chosenHost : null,
    placed: record.chosenHost !== null,
    failure: record.failure,
    report: report && (admin ? report : withoutHosts(report)),
    createdAt: record.createdAt,
  }
}
