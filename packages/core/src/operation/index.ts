import { listAudit } from './audit/list.ts'
import { cancelOperation } from './operations/cancel.ts'
import { listOperations } from './operations/list.ts'
import { retryOperation } from './operations/retry.ts'
import { showOperation } from './operations/show.ts'

export type { OperationRow } from '@nephos/jobs'
export type { AuditRow } from './audit/list.ts'
export type { OperationDetail, OperationStepRow } from './operations/show.ts'
export { cancelOperation, listAudit, listOperations, retryOperation, showOperation }

/** Verbs of this domain, nested by noun. */
export const operationVerbs = {
  operations: {
    list: listOperations,
    show: showOperation,
    cancel: cancelOperation,
    retry: retryOperation,
  },
  audit: { list: listAudit },
} as const
