import type { Prisma, Tx } from '@nephos/db'
import type { Failure } from '@nephos/jobs'
import type { InstanceRecord } from './row.ts'
import { type InstanceChanges, writeInstanceState } from './write-state.ts'

/** The columns of a typed fault, as Nova's `fault` shows it. */
export const faultOf = (failure: Failure): InstanceChanges => ({
  faultCode: 500,
  faultMessage: failure.message,
  faultDetail: { code: failure.code, ...failure.detail } as Prisma.InputJsonObject,
  faultAt: new Date(),
})

/** Puts the instance in ERROR with the fault, by compare-and-set. @returns null when somebody else wrote in between */
export const writeFault = <Record extends InstanceRecord>(
  db: Tx,
  record: Record,
  failure: Failure,
  changes: InstanceChanges = {},
): Promise<Record | null> =>
  writeInstanceState(db, record, { vmState: 'error', taskState: null, ...faultOf(failure), ...changes })
