import { newId, type Prisma } from '@nephos/db'
import { cancelSubject } from '@nephos/jobs'
import { type Ctx, conflict, isAdmin, type Json, type MutationTx, mutate } from '../../kernel/index.ts'
import { type InstanceAction, instanceActions, whyNot } from '../states.ts'
import { instanceChanged } from './changed.ts'
import { findInstance } from './find.ts'
import { type InstanceOperationKind, instanceJob, taskOf } from './operations.ts'
import { type InstanceRecord, type InstanceRow, instanceRow } from './row.ts'
import { writeInstanceState } from './write-state.ts'

/** What an accepted action answers. */
export interface ActionAccepted {
  operationId: string
  instance: InstanceRow
}

/** An action with its verb and saga. */
export interface ActionPlan {
  id: string
  action: InstanceAction
  verb: string
  saga: InstanceOperationKind
  /** What the saga is told, and the audit log. Nothing secret. */
  input?: { [key: string]: Json }
  /** Asks operations that still run for the instance to stop, because this one comes first. */
  supersedes?: boolean
  /** Also where no host has the instance. */
  allowUnplaced?: boolean
  /**
   * Written in the same transaction, once the task is set. What it returns is added to what the saga is told, and is
   * the record that is announced.
   */
  alongside?: (tx: MutationTx, record: InstanceRecord) => Promise<Alongside>
  /** Written in the same transaction, last of all: what belongs to the operation that was begun, and quota. */
  begun?: (tx: MutationTx, record: InstanceRecord, operationId: string) => Promise<void>
}

/** What {@link ActionPlan.alongside} adds to an action. */
export interface Alongside {
  input?: { [key: string]: Json }
  record?: InstanceRecord
}

const maxRaces = 8

/**
 * Accepts an action on an instance: checks the state table, sets the task by compare-and-set and starts the saga on
 * the instance's host. A lost race is looked at again: the state that won decides.
 * @throws NephosError not_found, or conflict saying why the state does not allow it
 */
export async function beginAction(ctx: Ctx, plan: ActionPlan): Promise<ActionAccepted> {
  const superseded: string[] = []
  const accepted = await mutate(ctx, (tx) => accept(ctx, tx, plan, superseded))
  // The rows say it for good; this only makes holders hear of it at once.
  ctx.relay.kick(
    superseded.map((id) => ({
      id: newId(),
      channel: 'live',
      subject: cancelSubject(id),
      payload: {},
      headers: {},
    })),
  )
  return accepted
}

async function accept(
  ctx: Ctx,
  tx: MutationTx,
  plan: ActionPlan,
  superseded: string[],
): Promise<ActionAccepted> {
  for (let race = 0; race < maxRaces; race++) {
    const record = await findInstance(ctx, plan.id, tx.db)
    const running = await runningDelete(tx, record, plan.action)
    if (running) return { operationId: running, instance: instanceRow(record, viewer(ctx)) }
    refuse(ctx, plan, record)
    const taskState = taskOf(plan.saga, plan.action)
    const written = await writeInstanceState(tx.db, record, { taskState })
    if (!written) continue
    if (plan.supersedes) superseded.push(...(await cancelOthers(tx, record.id)))
    const { input, record: changed = written } = (await plan.alongside?.(tx, written)) ?? {}
    const operationId = start(tx, { ...plan, input: { ...plan.input, ...input } }, changed)
    instanceChanged(tx, 'updated', changed)
    await plan.begun?.(tx, changed, operationId)
    return { operationId, instance: instanceRow(changed, viewer(ctx)) }
  }
  throw conflict('The instance is being changed by others at this moment.', {
    remedy: 'Look at it and try again.',
  })
}

/** Asks what still runs for the instance to stop. */
async function cancelOthers(tx: MutationTx, instanceId: string): Promise<string[]> {
  const where: Prisma.OperationWhereInput = {
    resourceType: 'instance',
    resourceId: instanceId,
    status: { in: ['queued', 'running'] },
    kind: { not: 'instance-delete' },
  }
  const { count } = await tx.db.operation.updateMany({ where, data: { cancelRequested: true } })
  if (count === 0) return []
  const found = await tx.db.operation.findMany({ where, select: { id: true } })
  return found.map(({ id }) => id)
}

const viewer = (ctx: Ctx) => ({ admin: isAdmin(ctx.actor) })

/** A repeated delete joins the one that is under way. */
async function runningDelete(
  tx: MutationTx,
  record: InstanceRecord,
  action: InstanceAction,
): Promise<string | null> {
  const kind = runningDeleteKind(record.taskState, action)
  if (!kind) return null
  const operation = await tx.db.operation.findFirst({
    where: {
      resourceType: 'instance',
      resourceId: record.id,
      kind,
      status: { in: ['queued', 'running', 'undoing'] },
    },
    select: { id: true },
    orderBy: { createdAt: 'desc' },
  })
  return operation?.id ?? null
}

function runningDeleteKind(taskState: string | null, action: InstanceAction): string | null {
  if (action !== 'delete' && action !== 'forceDelete') return null
  if (taskState === 'deleting') return 'instance-delete'
  return taskState === 'soft-deleting' && action === 'delete' ? 'instance-soft-delete' : null
}

function refuse(ctx: Ctx, plan: ActionPlan, record: InstanceRecord): void {
  const why = whyNot(plan.action, record, { ignoreLock: isAdmin(ctx.actor) })
  const detail = { vmState: record.vmState, taskState: record.taskState, action: plan.action }
  if (why) throw conflict(why, { detail })
  if (plan.allowUnplaced) return
  const label = instanceActions[plan.action].label.toLowerCase()
  if (!record.hostId)
    throw conflict(`Cannot ${label} the instance: it is on no host.`, {
      detail,
      remedy: 'Delete it and create it again.',
    })
  if (!record.launchedAt)
    throw conflict(`Cannot ${label} the instance: it was never running.`, {
      detail,
      remedy: 'Delete it and create it again.',
    })
}

function start(tx: MutationTx, plan: ActionPlan, record: InstanceRecord): string {
  const operationId = tx.operation({
    kind: plan.saga,
    projectId: record.projectId,
    resourceType: 'instance',
    resourceId: record.id,
    resourceName: record.name,
    input: { action: plan.action, ...plan.input },
  })
  tx.audit({
    verb: plan.verb,
    resourceType: 'instance',
    resourceId: record.id,
    resourceName: record.name,
    projectId: record.projectId,
    detail: plan.input,
  })
  const job = instanceJob(plan.saga, record.host?.name ?? null)
  if (!job) throw conflict('The instance is on no host.', { remedy: 'Delete it and create it again.' })
  tx.job(job.name, { operationId, instanceId: record.id }, { host: job.host })
  return operationId
}
