import type { Operation } from '@nephos/db'
import type { CloudEvent } from '../catalogue/events.ts'

/** What lists and events show of an operation. */
export interface OperationRow {
  id: string
  kind: string
  projectId: string | null
  userId: string | null
  userName?: string
  requestId: string
  resourceType: string
  resourceId: string
  resourceName: string
  status: Operation['status']
  /** Percent of the whole. */
  progress: number
  message: string
  errorCode: string | null
  errorMessage: string | null
  createdAt: Date
  startedAt: Date | null
  endedAt: Date | null
  cancelRequested: boolean
}

/** Columns that {@link operationRow} needs, as a Prisma `select`. */
export const operationRowSelect = {
  id: true,
  kind: true,
  projectId: true,
  userId: true,
  requestId: true,
  resourceType: true,
  resourceId: true,
  resourceName: true,
  status: true,
  progress: true,
  message: true,
  errorCode: true,
  errorMessage: true,
  createdAt: true,
  startedAt: true,
  endedAt: true,
  cancelRequested: true,
} as const

/** Picks the row out of whatever was read. */
export const operationRow = (operation: Omit<OperationRow, 'userName'>, userName?: string): OperationRow => ({
  id: operation.id,
  kind: operation.kind,
  projectId: operation.projectId,
  userId: operation.userId,
  ...(userName !== undefined && { userName }),
  requestId: operation.requestId,
  resourceType: operation.resourceType,
  resourceId: operation.resourceId,
  resourceName: operation.resourceName,
  status: operation.status,
  progress: operation.progress,
  message: operation.message,
  errorCode: operation.errorCode,
  errorMessage: operation.errorMessage,
  createdAt: operation.createdAt,
  startedAt: operation.startedAt,
  endedAt: operation.endedAt,
  cancelRequested: operation.cancelRequested,
})

/** The event that tells how an operation is doing. */
export const operationEvent = (
  operation: Omit<OperationRow, 'userName'>,
  change: 'created' | 'updated' | 'progress',
): CloudEvent => ({
  noun: 'operation',
  change,
  id: operation.id,
  audience: operation.projectId ? { kind: 'project', projectId: operation.projectId } : { kind: 'admin' },
  at: new Date().toISOString(),
  data: operationRow(operation),
})
