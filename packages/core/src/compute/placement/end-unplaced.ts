import type { Failure } from '@nephos/jobs'
import { operationEvent } from '@nephos/jobs'
import { type Ctx, mutate } from '../../kernel/index.ts'
import { findWaiting, type ScheduleRequest } from './find-waiting.ts'
import { leaveUnplaced } from './unplaced.ts'

/**
 * Ends an operation that was cancelled before its instance had a host. An instance that is being deleted is left to
 * its delete; any other one is left as the purpose says.
 */
export const endCancelledPlacement = (ctx: Ctx, request: ScheduleRequest): Promise<void> =>
  mutate(ctx, async (tx) => {
    const failure: Failure = { code: 'cancelled', message: 'It was cancelled before it had a host.' }
    const { found } = await findWaiting(tx.db, [request])
    const { count } = await tx.db.operation.updateMany({
      where: { id: request.operationId, status: { in: ['queued', 'running'] } },
      data: {
        status: 'cancelled',
        errorCode: failure.code,
        errorMessage: failure.message,
        endedAt: new Date(),
      },
    })
    if (count === 0) return
    const operation = await tx.db.operation.findUnique({ where: { id: request.operationId } })
    if (operation) tx.event(operationEvent(operation, 'updated'))
    const waiting = found.get(request.operationId)
    if (waiting) await leaveUnplaced(tx, waiting, failure)
  })

/** The queue gives the job up and ends the operation; its instance must not wait for ever. */
export const failUnplaced = (ctx: Ctx, request: ScheduleRequest, failure: Failure): Promise<void> =>
  mutate(ctx, async (tx) => {
    const { found } = await findWaiting(tx.db, [request])
    const waiting = found.get(request.operationId)
    if (waiting) await leaveUnplaced(tx, waiting, failure)
  })
