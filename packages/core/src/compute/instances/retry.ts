import { type Operation, Prisma } from '@nephos/db'
import { type Ctx, conflict, isAdmin, type MutationTx } from '../../kernel/index.ts'
import type { RetryHandler } from '../../operation/retry-handler.ts'
import { type InstanceAction, instanceActions, whyNot } from '../states.ts'
import { instanceChanged } from './changed.ts'
import { dropImage } from './drop-image.ts'
import { findInstance } from './find.ts'
import { type InstanceImage, insertInstanceImage } from './image-of-instance.ts'
import {
  type InstanceOperation,
  instanceJob,
  instanceOperations,
  isInstanceOperation,
  taskOf,
} from './operations.ts'
import type { InstanceRecord } from './row.ts'
import { type InstanceChanges, writeInstanceState } from './write-state.ts'

const noFault: InstanceChanges = {
  faultCode: null,
  faultMessage: null,
  faultDetail: Prisma.DbNull,
  faultAt: null,
}

/** Builds an instance whose creation failed once more: on the host it has, or wherever the scheduler finds room. */
export const retryInstanceCreate: RetryHandler = async (ctx, tx, operation) => {
  const record = await findInstance(ctx, operation.resourceId, tx.db)
  if (record.vmState !== 'error' || record.taskState !== null || record.launchedAt)
    throw conflict('The instance is not one whose creation failed any more.', {
      detail: { vmState: record.vmState, taskState: record.taskState },
      remedy: 'Look at the instance, or create another one.',
    })
  const host = record.host?.name
  const written = await writeInstanceState(tx.db, record, {
    ...noFault,
    vmState: 'building',
    taskState: host ? 'networking' : 'scheduling',
  })
  if (!written) throw conflict('The instance was changed at this moment.', { remedy: 'Try again.' })
  // A person wants it tried anew: hosts that failed before may be tried again.
  await tx.db.scheduleAttempt.updateMany({ where: { operationId: operation.id }, data: { past: true } })
  const payload = { operationId: operation.id, instanceId: record.id }
  if (host) tx.job('instance.create', payload, { host })
  else tx.job('instance.schedule', payload)
  instanceChanged(tx, 'updated', written)
}

/** Does once more what an action asked for, if the instance's state allows it now. */
export const retryInstanceAction: RetryHandler = async (ctx, tx, operation) => {
  const action = actionOf(operation)
  if (!action || !isInstanceOperation(operation.kind))
    throw new Error(`${operation.kind} is no action on an instance`)
  const known: InstanceOperation = instanceOperations[operation.kind]
  if (
    known.moves ||
    operation.kind === 'instance-confirm-resize' ||
    operation.kind === 'instance-revert-resize'
  )
    throw conflict('A move is not tried again as it was: the hosts have changed since.', {
      remedy: 'Ask for it again at the instance.',
    })
  const record = await findInstance(ctx, operation.resourceId, tx.db)
  const why = refusal(ctx, action, record)
  if (why) throw conflict(why, { detail: { vmState: record.vmState, taskState: record.taskState, action } })
  const job = instanceJob(operation.kind, record.host?.name ?? null)
  if (!job) throw conflict('The instance is on no host.', { remedy: 'Delete it and create it again.' })
  const written = await writeInstanceState(tx.db, record, {
    taskState: taskOf(operation.kind, action),
  })
  if (!written) throw conflict('The instance was changed at this moment.', { remedy: 'Try again.' })
  await makeImageAnew(tx, operation, written)
  tx.job(job.name, { operationId: operation.id, instanceId: record.id }, { host: job.host })
  instanceChanged(tx, 'updated', written)
}

/** What makes an image of the instance has deleted the one that it could not fill: it gets another one. */
async function makeImageAnew(
  tx: MutationTx,
  { id, input }: Operation,
  record: InstanceRecord,
): Promise<void> {
  if (input === null || typeof input !== 'object' || Array.isArray(input) || !('image' in input)) return
  if (typeof input.imageId === 'string') await dropImage(tx, input.imageId)
  const image = await insertInstanceImage(tx, record, input.image as unknown as InstanceImage)
  await tx.db.operation.update({ where: { id }, data: { input: { ...input, imageId: image.id } } })
}

/** The state table allows a delete at any time; another one that is under way makes this one needless. */
const refusal = (ctx: Ctx, action: InstanceAction, record: Parameters<typeof whyNot>[1]): string | null =>
  action === 'delete' && record.taskState === 'deleting'
    ? 'The instance is being deleted already.'
    : whyNot(action, record, { ignoreLock: isAdmin(ctx.actor) })

/** The action that asked for the operation: {@link beginAction} notes it in the input. */
function actionOf({ kind, input }: Operation): InstanceAction | null {
  const noted = input !== null && typeof input === 'object' && 'action' in input ? input.action : null
  if (typeof noted === 'string' && Object.hasOwn(instanceActions, noted)) return noted as InstanceAction
  const usual: InstanceOperation | null = isInstanceOperation(kind) ? instanceOperations[kind] : null
  return usual?.action ?? null
}
